"""MutationBench, operated without a page: buttons pressed, messages sent as the page sends them."""

import re

import pytest
import torch
from explained_models import CountA, Opaque
from torch import nn

from genbench_lite.errors import DataError, UnknownNameError
from genbench_lite.interactive.mutation_bench import WINDOW, MutationBench
from genbench_lite.motif import Motif

LETTERS = "CCACCCCCCCCC"
GATA = Motif.from_sites("<b>GATA</b>", ["GATA"])


class Fussy(CountA):
    """Fails where there is a T."""

    def forward(self, x):
        if x[:, 3].any():
            raise ZeroDivisionError("no <T>, please")
        return super().forward(x)


def bench(model=None, letters=LETTERS, **options):
    options = {"classes": ["few", "many"], "motifs": [GATA, "AAA"]} | options
    return MutationBench(model or CountA(), letters, **options)


def send(widget, kind, key, **detail):
    widget.picture.receive({"kind": kind, "key": str(key), **detail})


def text(shown):
    return re.sub(r"\s+", " ", re.sub("<style.*?</style>|<[^>]*>", " ", shown, flags=re.S))


def said(widget):
    return text(widget.prediction.value)


# Unhappy paths


@pytest.mark.parametrize("letters", ["", "ACX", None, ">a\nA\n>b\nC"])
def test_what_is_no_sequence_is_refused(letters):
    with pytest.raises(DataError):
        bench(letters=letters)


def test_wrong_classes_targets_motifs_and_models_are_refused():
    with pytest.raises(DataError, match="3 have a name"):
        bench(classes=["a", "b", "c"])
    with pytest.raises(UnknownNameError):
        bench(target="none")
    with pytest.raises(DataError, match="'X' at position 1"):
        bench(motifs=["AX"])
    with pytest.raises(DataError, match="is no model"):
        bench(model=object())
    with pytest.raises(DataError, match="does not take one-hot"):
        bench(model=nn.Sequential(nn.Flatten(), nn.Linear(12, 2)))


@pytest.mark.parametrize("pressed", ["x", "7", "<", " "])
def test_another_letter_is_refused_and_nothing_is_lost(pressed):
    widget = bench()
    send(widget, "key", 0, pressed="A")
    shown = widget.picture.value
    send(widget, "key", 1, pressed=pressed)
    assert 'role="alert"' in widget.message.value
    assert "Type A, C, G, T, or N" in widget.message.value  # not where in what was typed
    assert widget.letters == "A" + LETTERS[1:]
    assert widget.picture.value == shown
    send(widget, "key", 1, pressed="A")
    assert widget.message.value == ""


def test_keys_that_are_no_letters_do_nothing():
    widget = bench()
    for pressed in ("Shift", "F5", "Escape", "Home"):
        send(widget, "key", 0, pressed=pressed)
    assert widget.letters == LETTERS
    assert not widget.errors


@pytest.mark.parametrize("own", ["", "ACGZ", ">a\nAC\n>b\nGT"])
def test_a_bad_sequence_of_ones_own_leaves_everything(own):
    widget = bench()
    send(widget, "key", 0, pressed="A")
    widget.own.value = own
    widget.use_button.click()
    assert 'role="alert"' in widget.message.value
    assert widget.letters == "A" + LETTERS[1:]
    assert widget.own.value == own


def test_a_model_that_raises_is_quoted_and_the_prediction_is_that_of_the_letters_shown():
    widget = bench(Fussy())
    send(widget, "key", 0, pressed="A")
    before = widget.prediction.value, widget.picture.value
    send(widget, "key", 5, pressed="T")
    assert "ZeroDivisionError: no &lt;T&gt;, please" in widget.message.value
    assert (widget.prediction.value, widget.picture.value) == before
    assert widget.letters == "A" + LETTERS[1:]
    widget.undo_button.click()
    assert widget.letters == LETTERS
    assert widget.message.value == ""


def test_a_model_that_fails_after_its_prediction_takes_it_back():
    widget = bench()
    before = widget.prediction.value
    widget.question.attribution = lambda letters: 1 / 0
    send(widget, "key", 0, pressed="A")
    assert "ZeroDivisionError" in widget.message.value
    assert widget.prediction.value == before
    assert widget.letters == LETTERS


def test_a_model_that_fails_on_every_change_is_shown_all_the_same():
    still = bench(Fussy())._repr_mimebundle_()["text/html"]
    assert "The model gives no more answers: no &lt;T&gt;, please" in still


def test_a_motif_that_does_not_fit_and_a_stranger_are_refused():
    widget = bench()
    send(widget, "drop", 10, dragged="0")
    assert "does not fit" in widget.message.value
    for stranger in ("2", "-1", "https://example.org", ""):
        send(widget, "drop", 0, dragged=stranger)
        assert "no motif" in widget.message.value
    assert widget.letters == LETTERS


# What it does


def test_a_click_takes_the_next_base_and_a_key_that_base():
    widget = bench()
    seen = []
    for _ in range(4):
        send(widget, "click", 0)
        seen.append(widget.letters[0])
    assert seen == ["G", "T", "A", "C"]
    send(widget, "key", 3, pressed="a")
    send(widget, "key", 4, pressed="N")
    assert widget.letters == "CCAANCCCCCCC"
    assert "position 3, A, was C" in widget.picture.value
    assert not widget.errors


def test_prediction_and_logo_follow():
    widget = bench()
    assert "26.9% 26.9%" in said(widget)  # few: 1 / (1 + e)
    assert "0 of 12 letters changed" in said(widget)
    assert "Contrast of many, in logits: +1.00 before, +1.00 now." in said(widget)
    letters = widget.picture.value.count("matrix(")
    send(widget, "key", 0, pressed="A")
    assert "26.9% 11.9%" in said(widget)
    assert "1 of 12 letters changed. Contrast of many, in logits: +1.00 before, +2.00" in said(
        widget
    )
    assert widget.picture.value.count("matrix(") == letters == 12


def test_undo_and_reset():
    widget = bench()
    widget.undo_button.click()
    assert "There is nothing to undo." in said(widget)
    for position in (0, 1):
        send(widget, "key", position, pressed="A")
    widget.undo_button.click()
    assert widget.letters == "ACACCCCCCCCC"
    widget.reset_button.click()
    assert widget.letters == LETTERS
    widget.undo_button.click()
    assert widget.letters == "ACACCCCCCCCC"
    widget.undo_button.click()
    assert widget.letters == LETTERS


def test_the_most_damaging_change_is_shown_and_then_made():
    widget = bench()
    widget.find_button.click()
    assert "A to C at position 2 changes the contrast by -1.00." in said(widget)
    assert 'class="found" data-key="2"' in widget.picture.value
    assert 'tabindex="0" aria-label="position 2, A"' in widget.picture.value
    assert widget.letters == LETTERS
    widget.make_button.click()
    assert widget.letters == "C" * 12
    assert "Made: A to C at position 2, -1.00." in said(widget)
    assert 'class="found"' not in widget.picture.value
    widget.find_button.click()
    assert "No other lowers it." in said(widget)


def test_the_change_is_found_where_only_make_is_pressed():
    widget = bench()
    widget.make_button.click()
    assert widget.letters == "C" * 12


def test_a_motif_is_dropped_or_chosen_and_put_in():
    widget = bench()
    send(widget, "drop", 4, dragged="0")
    assert widget.letters == "CCACGATACCCC"
    assert "<b>GATA" not in widget.prediction.value
    assert "begins at position 4." in said(widget)
    send(widget, "click", "motif 1")
    assert 'aria-pressed="true"' in widget.picture.value
    assert "AAA is chosen." in said(widget)
    send(widget, "click", 0)
    assert widget.letters == "AAACGATACCCC"
    assert 'aria-pressed="true"' not in widget.picture.value
    for way_out in (("click", "motif 0", {}), ("key", 0, {"pressed": "Escape"})):
        send(widget, "click", "motif 0")
        kind, key, detail = way_out
        send(widget, kind, key, **detail)
        assert 'aria-pressed="true"' not in widget.picture.value
    assert widget.letters == "AAACGATACCCC"


def test_ones_own_sequence_is_what_changes_are_compared_with():
    widget = bench()
    send(widget, "key", 0, pressed="A")
    widget.own.value = ">mine\naaaa aa\ncc"
    widget.use_button.click()
    assert widget.letters == "AAAAAACC"
    assert "0 of 8 letters changed. Contrast of many, in logits: +6.00 before" in said(widget)
    widget.undo_button.click()
    assert widget.letters == "A" + LETTERS[1:]
    assert "1 of 12 letters changed" in said(widget)


def test_another_class_is_explained():
    widget = bench()
    assert widget.asked.value == 1
    widget.asked.value = 0
    assert "Contrast of few, in logits: -1.00 before" in said(widget)


def test_a_long_sequence_is_shown_through_a_window():
    widget = bench(letters="C" * 1000 + "A" + "C" * 99)
    assert widget.first.layout.display != "none"
    assert widget.first.max == 1100 - WINDOW
    assert widget.picture.value.count("data-key") == WINDOW + 2  # and two motifs
    assert "position 300, C" not in widget.picture.value
    widget.first.value = 800
    assert 'data-key="1000"' in widget.picture.value
    widget.find_button.click()
    assert "A to C at position 1000" in said(widget)
    widget.make_button.click()
    widget.first.value = 0
    widget.undo_button.click()  # shows what it undoes
    assert 'data-key="1000"' in widget.picture.value
    widget.own.value = LETTERS
    widget.use_button.click()
    assert widget.first.layout.display == "none"
    assert widget.picture.value.count("data-key") == len(LETTERS) + 2
    assert not widget.errors


def test_a_model_without_gradients_can_be_asked():
    widget = bench(Opaque(), letters="CAC", classes=None)
    send(widget, "key", 0, pressed="A")
    assert "Contrast of many" in said(widget)
    assert widget.picture.value.count("matrix(") == 3
    assert not widget.errors


def test_without_motifs_there_are_none_to_drag():
    assert "data-drag" not in bench(motifs=()).picture.value


def test_the_still_shows_three_states_and_nothing_to_click():
    bundle = bench()._repr_mimebundle_()
    still = bundle["text/html"]
    for caption in (
        "As it is now",
        "The most damaging change: A to C at position 2",
        "&lt;b&gt;GATA&lt;/b&gt; put in at position 2",
    ):
        assert caption in still
    assert "data-key=" not in still
    assert "<b>GATA" not in still
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_making_the_still_changes_nothing():
    widget = bench()
    send(widget, "key", 0, pressed="A")
    before = widget.letters, widget.picture.value, widget.prediction.value
    widget.still()
    assert (widget.letters, widget.picture.value, widget.prediction.value) == before


def test_the_model_is_left_as_it_was():
    model = nn.Sequential(nn.Dropout(0.5), CountA()).train()
    send(bench(model), "key", 0, pressed="A")
    assert model.training
    assert model[0].training
    assert all(parameter.grad is None for parameter in model.parameters())
    assert torch.is_grad_enabled()
