"""One sequence under change: reading it, asking about it, and the way back."""

import numpy as np
import pytest
import torch
from explained_models import AnyA, CountA, Opaque, SmallCNN, random_codes, text
from torch import nn

import genbench_lite as gbl
from genbench_lite.errors import DataError, UnknownNameError
from genbench_lite.explanations.editing import Editor
from genbench_lite.explanations.edits import (
    LONGEST,
    Question,
    put_in,
    read_letters,
    site_of,
)
from genbench_lite.motif import Motif

LETTERS = text(random_codes(1, 40))[0]


class Moody(CountA):
    """Refuses what holds a T; with ``blind``, it has no gradient where there is a G."""

    def forward(self, x):
        if x[:, 3].any():
            raise ZeroDivisionError("no T, please")
        answer = super().forward(x)
        return answer.detach() if x[:, 2].any() else answer


# Unhappy paths


@pytest.mark.parametrize(
    ("pasted", "complaint"),
    [
        ("", "no letters"),
        (" \n", "no letters"),
        (">only a header", "no letters"),
        ("ACX", "'X' at position 2"),
        ("AC\nG-T", "'-' at position 3"),
        ("<b>", "'<' at position 0"),
        (">a\nAC\n>b\nGT", "more than one sequence"),
        ("A" * (LONGEST + 1), "20,001 letters are too many"),
        (None, "None is no sequence"),
    ],
)
def test_what_is_no_sequence_is_refused(pasted, complaint):
    with pytest.raises(DataError, match=complaint):
        read_letters(pasted)


@pytest.mark.parametrize("position", [-1, 4])
def test_a_site_must_fit(position):
    with pytest.raises(DataError, match="does not fit"):
        put_in("CCCCCC", "GAT", position)


def test_names_must_be_as_many_as_classes():
    with pytest.raises(DataError, match="2 classes apart, and 3 have a name: a, b, c"):
        Question(CountA(), "ACA", ["a", "b", "c"])


def test_an_unknown_class_is_refused():
    with pytest.raises(UnknownNameError, match="few"):
        Question(CountA(), "ACA", ["few", "many"], "fewer")
    with pytest.raises(DataError, match="no class 2"):
        Question(CountA(), "ACA", target=2)


def test_a_model_of_another_length_is_refused():
    wrong = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
    with pytest.raises(DataError, match="does not take one-hot sequences of shape"):
        Question(wrong, "ACGT")


def test_without_a_known_letter_there_is_nothing_to_try():
    about = Question(CountA(), "ACA")
    with pytest.raises(DataError, match="No letter here is known"):
        about.most_harmful("NNN")
    with pytest.raises(DataError, match="No letter here is known"):
        about.most_harmful("ANNA", (1, 3))


@pytest.mark.parametrize("letters", ["CTC", "CGC"])
def test_where_the_model_fails_all_is_as_it_was(letters):
    editor = Editor(Question(Moody(), "CAC"), "CAC")
    editor.become("AAC")
    for attempt in (editor.become, editor.begin):
        with pytest.raises((ZeroDivisionError, DataError)):
            attempt(letters)
        assert (editor.start.letters, editor.now.letters) == ("CAC", "AAC")
        assert editor.steps == [("CAC", "CAC")]


def test_a_class_that_cannot_be_explained_is_not_kept():
    editor = Editor(Question(CountA(), "CAC"), "CAC")
    editor.question.model = Moody()
    editor.start = editor.now = editor.now._replace(letters="CTC")
    with pytest.raises(ZeroDivisionError):
        editor.ask_about(0)
    assert editor.question.target == 1


# What it says


def test_letters_are_read_from_fasta_in_any_case():
    assert read_letters(">id of it\r\nac gt\r\n\tNN\n") == "ACGTNN"


def test_most_frequent_letters_of_a_motif_and_a_word():
    assert site_of(Motif("toy", [[8, 0, 0, 0], [0, 1, 4, 0]])) == ("toy", "AG")
    assert site_of("tgac") == ("TGAC", "TGAC")
    with pytest.raises(DataError, match="'S' at position 2"):
        site_of("TGS")


def test_answers_are_those_of_the_package():
    model = SmallCNN(3).eval()
    about = Question(model, LETTERS, ["a", "b", "c"], "b")
    one = gbl.SequenceSet.from_strings([LETTERS], [0], ["a", "b", "c"])
    answer = about.ask(LETTERS)
    assert Question(model, LETTERS, ["z", "b", "a"], "a").target == 2  # in the model's order
    np.testing.assert_allclose(answer.probabilities, gbl.predict(model, one)[0], atol=1e-6)
    with torch.no_grad():
        logits = model(torch.from_numpy(one.one_hot()))[0].numpy()
    assert answer.contrast == pytest.approx(logits[1] - (logits[0] + logits[2]) / 2, abs=1e-5)
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # as the question does: more threads add in another order
    try:
        expected = gbl.attribution.saliency(model, one, "b", times_input=True)[0]
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(about.attribution(LETTERS), expected)


def test_a_model_without_gradients_is_tried_instead():
    about = Question(Opaque(), "CACA")
    assert about.classes == ["few", "many"]
    tried = gbl.attribution.mutagenesis(Opaque(), ["CACA"], 1)
    expected = gbl.attribution.letter_scores(tried, ["CACA"])[0]
    np.testing.assert_allclose(about.attribution("CACA"), expected)
    assert about.ask("CACA").probabilities == pytest.approx([1 - 0.880797, 0.880797], abs=1e-5)


def test_of_two_classes_the_second_and_of_more_the_predicted_is_asked_about():
    assert Question(CountA(), "CCC").target == 1
    model = SmallCNN(4).eval()
    one = gbl.SequenceSet.from_strings([LETTERS], [0], list("abcd"))
    assert Question(model, LETTERS).target == gbl.predict(model, one)[0].argmax()


def test_the_most_harmful_change_is_the_lowest_of_mutagenesis():
    model = SmallCNN(3).eval()
    about = Question(model, LETTERS, target=2)
    tried = gbl.attribution.mutagenesis(model, [LETTERS], 2)[0]
    worst = about.most_harmful(LETTERS)
    assert worst.change == pytest.approx(tried.min(), abs=1e-5)
    assert tried["ACGT".index(worst.new), worst.position] == pytest.approx(tried.min(), abs=1e-5)
    assert worst.old == LETTERS[worst.position]
    part = about.most_harmful(LETTERS, (10, 20))
    assert 10 <= part.position < 20
    assert part.change == pytest.approx(tried[:, 10:20].min(), abs=1e-5)


def test_redundancy_is_no_change():
    assert Question(AnyA(), "ACA").most_harmful("ACA").change == 0


def test_threads_are_given_back():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        about = Question(Moody(), "CAC")
        with pytest.raises(ZeroDivisionError):
            about.ask("CTC")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_the_prediction_comes_before_the_attribution():
    said = []
    editor = Editor(Question(CountA(), "CAC"), "CAC", lambda letters, _: said.append(letters))
    attribution = editor.question.attribution
    editor.question.attribution = lambda letters: said.append("logo") or attribution(letters)
    assert editor.become("AAC")
    assert not editor.become("AAC")
    assert said == ["AAC", "logo"]


def test_the_way_back_leads_through_all_changes_and_sequences():
    editor = Editor(Question(CountA(), "CAC"), "CAC")
    editor.become("CAA")
    editor.begin("TTTTA")
    editor.become("TATTA")
    assert editor.start.answer.contrast == 1
    assert editor.undo() == 1
    assert (editor.start.letters, editor.now.letters) == ("TTTTA", "TTTTA")
    editor.undo()
    assert (editor.start.letters, editor.now.letters) == ("CAC", "CAA")
    assert editor.undo() == 2
    assert editor.now.letters == "CAC"
    assert editor.undo() is None


def test_another_class_turns_the_attribution_round():
    editor = Editor(Question(CountA(), "CAC"), "CAC")
    before = editor.now
    editor.ask_about(0)
    assert editor.now.answer.contrast == -before.answer.contrast
    np.testing.assert_array_equal(editor.now.values, -before.values)
