"""Interactive parts of the lessons: change something, and see at once what follows.

Each is a thin shell over pure functions. Where no kernel answers (a site, a PDF, a page on
GitHub), it shows a few of its states side by side instead.
"""

from .interactive.audit_explorer import AuditExplorer
from .interactive.clickable import ClickableHTML
from .interactive.convolution_slider import ConvolutionSlider
from .interactive.motif_workbench import MotifWorkbench
from .interactive.mutation_bench import MutationBench
from .interactive.panel import Guide, Panel
from .interactive.sequence_explorer import SequenceExplorer
from .interactive.threshold_explorer import ThresholdExplorer
from .interactive.training_dashboard import TrainingDashboard

__all__ = [
    "AuditExplorer",
    "ClickableHTML",
    "ConvolutionSlider",
    "Guide",
    "MotifWorkbench",
    "MutationBench",
    "Panel",
    "SequenceExplorer",
    "ThresholdExplorer",
    "TrainingDashboard",
]
