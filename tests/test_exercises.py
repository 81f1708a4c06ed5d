"""Checkers against right, wrong and hopeless answers; feedback and quizzes without a kernel."""

from __future__ import annotations

import html.parser
import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from answers_02 import ANSWERS as LESSON_02
from answers_03 import ANSWERS as LESSON_03
from answers_04 import ANSWERS as LESSON_04
from answers_05 import ANSWERS as LESSON_05
from answers_06 import ANSWERS as LESSON_06
from answers_07 import ANSWERS as LESSON_07
from answers_08 import ANSWERS as LESSON_08
from answers_09 import ANSWERS as LESSON_09

import genbench_lite as gbl
from genbench_lite import exercises
from genbench_lite.checkers.compare import compare_function, compare_value, show
from genbench_lite.checkers.equality import same
from genbench_lite.checkers.registry import CHECKERS, checker
from genbench_lite.errors import DataError, UnknownNameError
from genbench_lite.exercises import Feedback, Quiz, check

QUIZZES = json.loads(
    (Path(exercises.__file__).parent / "data" / "quizzes.json").read_text(encoding="utf-8")
)

PARTNER = dict(zip("ACGTacgtN", "TGCAtgcaN", strict=True))


def turn(letters):
    return "".join(PARTNER[letter] for letter in reversed(letters))


def majority_by_counter(labels):
    counts = {}
    for label in labels:
        counts[label] = counts.get(label, 0) + 1
    return max(counts.values()) / len(labels)


def errors_in_a_loop(predicted, true):
    errors = 0
    for one, other in zip(predicted, true, strict=True):
        if one != other:
            errors += 1
    return errors


def slice_on_strand(chromosome, start, end, strand):
    part = chromosome[start:end]
    if strand == "-":
        return turn(part)
    return part


def slice_by_lookup(chromosome, start, end, strand):
    part = chromosome[start:end]
    return {"+": part, "-": turn(part)}[strand]


def slice_only_plus(chromosome, start, end, strand):
    part = chromosome[start:end]
    return part if strand == "+" else turn(part)


def replace_in_turn(letters):
    return letters.replace("A", "T").replace("T", "A").replace("C", "G").replace("G", "C")[::-1]


def complement(letters):
    return "".join(PARTNER[letter] for letter in letters)


# name: (right answers, {word of the hint: wrong answer})
TABLE = {
    "gc_of_gattaca": (
        [2 / 7, 0.29, 0.2857, np.float32(2 / 7), np.array(2 / 7)],
        {
            "per cent": 28.57,
            "count of G and C": 2,
            "share of A and T": 5 / 7,
            "divided by the number of A and T": 2 / 5,
            "one letter": 1 / 7,
            "not right yet": 0.9,
            "cut off and not rounded": 0.28,
            "rounded too far": 0.3,
            "`//` drops": 2 // 7,
            "not a comma": (0, 2857),
            "text": "2/7",
            "divided by zero": float("nan"),
            "a list": [2 / 7],
        },
    ),
    "majority_accuracy": (
        [
            majority_by_counter,
            lambda labels: np.bincount(labels).max() / len(labels),
            lambda labels: pd.Series(labels).value_counts(normalize=True).iloc[0],
        ],
        {
            "label of the largest": lambda labels: np.bincount(labels).argmax(),
            "how many rows": lambda labels: np.bincount(labels).max(),
            "at random": lambda labels: 1 / len(set(labels)),
            "per cent": lambda labels: np.bincount(labels).max() / len(labels) * 100,
            "share of class 0": lambda labels: (labels == 0).sum() / len(labels),
            "smallest": lambda labels: pd.Series(labels).value_counts().min() / len(labels),
            "mean of the class numbers": lambda labels: labels.mean(),
            "largest count": lambda labels: 0.8,
            "an array": lambda labels: np.bincount(labels) / len(labels),
            "np.bincount(labels)": lambda labels: labels.count(0) / len(labels),
            "Do not round": lambda labels: round(np.bincount(labels).max() / len(labels), 2),
        },
    ),
    "error_count": (
        [errors_in_a_loop, lambda predicted, true: (predicted != true).sum()],
        {
            "right predictions": lambda predicted, true: (predicted == true).sum(),
            "no mean": lambda predicted, true: (predicted != true).mean(),
            "accuracy": lambda predicted, true: (predicted == true).mean(),
            "for every row": lambda predicted, true: predicted != true,
            "not two": lambda predicted, true: np.abs(predicted - true).sum(),
            "cancel": lambda predicted, true: sum(predicted - true),
            "then count": lambda predicted, true: len(predicted),
            "TypeError": lambda predicted: 0,
        },
    ),
    "reverse_complement": (
        [turn, lambda s: s.translate(str.maketrans("ACGTacgt", "TGCAtgca"))[::-1]],
        {
            "keep the letters": lambda s: s[::-1],
            "keep the order": complement,
            "as it was": lambda s: s,
            "undoes itself": replace_in_turn,
            "read the result backwards": lambda s: "ACGT",
            "a list": lambda s: [PARTNER[letter] for letter in reversed(s)],
            "has gone": lambda s: turn(s.replace("N", "")),
            "N stays N": lambda s: "".join(
                dict(zip("ACGT", "TGCA", strict=True))[letter] for letter in reversed(s)
            ),
            "into upper case": lambda s: turn(s.upper()),
            "not complemented": lambda s: s.translate(str.maketrans("ACGT", "TGCA"))[::-1],
            "KeyError: 'a'": lambda s: "".join(
                dict(zip("ACGTN", "TGCAN", strict=True))[letter] for letter in reversed(s)
            ),
            "encode first": lambda s: gbl.sequence.reverse_complement(s),
        },
    ),
    "sequence_length": (
        [
            lambda offsets, i: offsets[i + 1] - offsets[i],
            lambda offsets, i: np.diff(offsets)[i],
            lambda offsets, i: len(range(offsets[i], offsets[i + 1])),
        ],
        {
            "where the sequence begins": lambda offsets, i: offsets[i],
            "where the sequence ends": lambda offsets, i: offsets[i + 1],
            "not negative": lambda offsets, i: offsets[i] - offsets[i + 1],
            "in front of it": lambda offsets, i: offsets[i] - offsets[i - 1],
            "taken off": lambda offsets, i: offsets[i + 1] - offsets[i] - 1,
            "to be added": lambda offsets, i: offsets[i + 1] - offsets[i] + 1,
            "nothing behind": lambda offsets, i: offsets[i + 2] - offsets[i + 1],
            "ends in front of": lambda offsets, i: len(offsets),
            "an array": lambda offsets, i: np.diff(offsets),
        },
    ),
    "interval_length": (
        [lambda start, end: end - start, lambda start, end: len(range(start, end))],
        {
            "`+ 1`": lambda start, end: end - start + 1,
            "taken off": lambda start, end: end - start - 1,
            "not negative": lambda start, end: start - end,
            "That is the end": lambda start, end: end,
            "look for the rule": lambda start, end: end + start,
            "text": lambda start, end: f"{end - start} bp",
        },
    ),
    "slice_interval": (
        [slice_on_strand],
        {
            "as 1-based": lambda c, start, end, s: slice_on_strand(c, start - 1, end, s),
            "moved by one": lambda c, start, end, s: slice_on_strand(c, start - 1, end - 1, s),
            "include the end": lambda c, start, end, s: slice_on_strand(c, start, end + 1, s),
            "for a length": lambda c, start, end, s: slice_on_strand(c, start, start + end, s),
            "wrong way round": lambda c, start, end, s: slice_on_strand(
                c, start, end, "+" if s == "-" else "-"
            ),
            "no difference": lambda c, start, end, s: c[start:end],
            "returns `None`": lambda c, start, end, s: turn(c[start:end]) if s == "-" else None,
            "only reverse": lambda c, start, end, s: (
                c[start:end][::-1] if s == "-" else c[start:end]
            ),
            "only complement": lambda c, start, end, s: (
                complement(c[start:end]) if s == "-" else c[start:end]
            ),
            "whole chromosome": lambda c, start, end, s: (turn(c) if s == "-" else c)[start:end],
            "the same slice": lambda c, start, end, s: "" if s == "-" else c[start:end],
            "missing strand as `-`": slice_only_plus,
            "have no strand": slice_by_lookup,
            "all it takes": lambda c, start, end, s: c,
        },
    ),
    "bed_to_ucsc": (
        [
            lambda region, start, end: f"{region}:{start + 1}-{end}",
            lambda region, start, end: region + ":" + str(start + 1) + "-" + str(end),
        ],
        {
            "still 0-based": lambda region, start, end: f"{region}:{start}-{end}",
            "end as well": lambda region, start, end: f"{region}:{start + 1}-{end + 1}",
            "other way round": lambda region, start, end: f"{region}:{start}-{end + 1}",
            "it goes up": lambda region, start, end: f"{region}:{start - 1}-{end}",
            "commas": lambda region, start, end: f"{region}:{start + 1:,}-{end:,}",
            "hyphen": lambda region, start, end: f"{region}:{start + 1}..{end}",
            "no change": lambda region, start, end: f"{region}:{start}-{end - 1}",
            "left out the last base": lambda region, start, end: f"{region}:{start + 1}-{end - 1}",
            "a list": lambda region, start, end: (region, start + 1, end),
            "f-string": lambda region, start, end: region + ":" + start + 1,
        },
    ),
}

TABLE |= LESSON_02
TABLE |= LESSON_03
TABLE |= LESSON_04
TABLE |= LESSON_05
TABLE |= LESSON_06
TABLE |= LESSON_07
TABLE |= LESSON_08
TABLE |= LESSON_09

WRONG = [(name, word) for name, (_, wrong) in TABLE.items() for word in wrong]


def test_every_checker_has_its_row_in_the_table():
    assert set(TABLE) == set(CHECKERS)
    for name, (right, wrong) in TABLE.items():
        assert right, name
        assert len(wrong) >= 2, name


@pytest.mark.parametrize(("name", "word"), WRONG)
def test_a_wrong_answer_gets_its_own_hint(name, word):
    wrong = TABLE[name][1]
    feedback = check(name, wrong[word])
    assert not feedback.passed
    assert word in feedback.message
    others = {check(name, answer).message for key, answer in wrong.items() if key != word}
    assert feedback.message not in others


@pytest.mark.parametrize("name", TABLE)
def test_a_right_answer_passes_with_the_takeaway(name):
    for answer in TABLE[name][0]:
        assert check(name, answer) == Feedback(True, CHECKERS[name].takeaway, name)


def returns_dots(*arguments):
    return ...


def returns_dots_inside(*arguments):
    return [..., ...]


def formats_dots(*arguments):
    part = ...
    return f"{part}:{part}"


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("starter", [..., [...], (1, ...), {"a": ...}, None])
def test_an_untouched_value_gets_a_friendly_hint(name, starter):
    feedback = check(name, starter)
    assert not feedback.passed
    assert ("None" if starter is None else "Replace the `...`") in feedback.message


@pytest.mark.parametrize("name", [name for name in TABLE if callable(TABLE[name][0][0])])
@pytest.mark.parametrize("starter", [returns_dots, returns_dots_inside, formats_dots])
def test_an_untouched_function_gets_a_friendly_hint(name, starter):
    feedback = check(name, starter)
    assert not feedback.passed
    assert "Replace the `...`" in feedback.message
    assert "`return`" in feedback.message


def test_dots_left_inside_a_function_are_named():
    def length(start, end):
        shift = ...
        return end - start + shift

    assert "still a `...`" in check("interval_length", length).message


def test_dots_are_not_named_where_there_are_none():
    message = check("reverse_complement", gbl.sequence.reverse_complement).message
    assert "IndexError" in message
    assert "still a `...`" not in message
    assert "encode first, decode after" in message


@pytest.mark.parametrize("name", [name for name in TABLE if callable(TABLE[name][0][0])])
def test_a_function_that_prints_its_result_is_asked_to_return_it(name):
    def prints(*arguments):
        print(TABLE[name][0][0](*arguments))

    message = check(name, prints).message
    assert "returns `None`. Did you print the result?" in message
    assert "`...`" not in message


@pytest.mark.parametrize("digits", [2, 3, 4])
def test_a_rounded_result_is_named(digits):
    cases = [(2.0,), (3.0,), (7.0,)]
    hint = compare_function(lambda x: round(1 / x, digits), lambda x: 1 / x, cases)
    assert hint.startswith("Do not round")


@pytest.mark.parametrize("function", [lambda x: 0.0, lambda x: [1 / x], lambda x: 1.01 / x])
def test_what_is_not_rounded_is_not_called_so(function):
    cases = [(900.0,), (3.0,), (7.0,)]
    assert "round" not in compare_function(function, lambda x: 1 / x, cases)


def test_an_array_in_a_hint_is_rounded():
    thirds = [(np.array([1.0, 2.0]) / 3,)]
    message = compare_function(lambda x: -x, lambda x: x * 1e-9, thirds)
    assert "your_function(array([0.333, 0.667]))" in message
    assert "expect `array([0., 0.])`, and got `array([-0.333, -0.667])`" in message


def test_arrays_that_look_alike_when_rounded_are_shown_with_more_digits():
    thirds = [(np.array([1.0, 2.0]) / 3,)]
    message = compare_function(lambda x: x.round(5), lambda x: x, thirds)
    assert (
        "expect `array([0.33333333, 0.66666667])`, and got `array([0.33333, 0.66667])`" in message
    )


def test_a_warning_of_numpy_does_not_stand_above_the_hint():
    def without_the_zero_case(shares):
        return 2 + (shares * np.log2(shares)).sum()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        message = check("column_information", without_the_zero_case).message
    assert message.startswith("The logarithm of 0 is minus infinity")


@pytest.mark.parametrize("answer", [(0, 2857, 1), (0.5, 2), [0, 2857], (0, -1)])
def test_only_two_whole_numbers_are_taken_for_a_decimal_comma(answer):
    assert "comma" not in compare_value(answer, 0.2857)
    assert "comma" not in compare_value((0, 5), "text")


def test_an_exception_without_a_hint_of_its_own_gets_the_common_one():
    def looks_up(letters):
        return {}[letters]

    known = {"Use a list.": "^IndexError"}
    hint = compare_function(looks_up, str.lower, [("A",)], otherwise="Think.", errors=known)
    assert hint == "`looks_up('A')` raises `KeyError: 'A'`. Think."


class Awkward:
    """An answer that raises whatever one asks of it."""

    def __eq__(self, other):
        raise ZeroDivisionError("no equality")

    __hash__ = None

    def __repr__(self):
        raise RuntimeError("no repr")


def leaves(*arguments):
    raise SystemExit("bye")


def recurses(*arguments):
    return recurses(*arguments)


def generates(*arguments):
    yield 1


HOPELESS = [
    "text",
    "",
    float("nan"),
    float("inf"),
    [],
    {},
    {1},
    3,
    True,
    b"x",
    len,
    object,
    object(),
]
HOPELESS += [np.zeros(3), np.array([]), np.array(["a"]), pd.DataFrame({"a": [1]}), pd.Series([1.0])]
HOPELESS += [Awkward(), lambda *a: Awkward(), leaves, recurses, generates, lambda: 1, 10**400]


@pytest.mark.parametrize("name", TABLE)
def test_no_answer_makes_check_raise(name):
    for answer in HOPELESS:
        feedback = check(name, answer)
        assert not feedback.passed
        assert feedback.message
        assert feedback._repr_html_()
        assert repr(feedback)


def test_an_exception_is_shown_with_type_text_and_hint():
    def divide(start, end):
        return end / (start - start)

    message = check("interval_length", divide).message
    assert "`divide(0, 1)` raises `ZeroDivisionError: division by zero`." in message
    assert "look for the rule" in message


def test_the_interrupt_key_still_works():
    def waits(start, end):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("interval_length", waits)


def test_a_called_function_is_recognised():
    assert "without brackets" in check("reverse_complement", turn("ACG")).message


def test_an_answer_given_with_a_wrong_exercise_name_raises_a_suggestion():
    with pytest.raises(UnknownNameError, match="Did you mean 'reverse_complement'"):
        check("reverse_complment", turn)


def test_two_checkers_cannot_share_a_name():
    with pytest.raises(ValueError, match="two checkers 'error_count'"):
        checker("error_count", "x")(lambda answer: None)


def test_the_smallest_failing_input_is_shown():
    hint = compare_function(lambda n: min(n, 50), lambda n: n, [(7000,), (5,), (600,)])
    assert hint == "For `your_function(600)` we expect `600`, and got `50`."


def test_a_changed_input_is_noticed_even_if_the_result_is_right():
    def majority(labels):
        labels.sort()
        return np.bincount(labels).max() / len(labels)

    message = check("majority_accuracy", majority).message
    assert message.startswith("`majority(array(")
    assert "changes its input" in message


def test_inputs_are_the_same_on_every_run():
    def majority(labels):
        labels[:] = 0
        return 1.0

    assert check("majority_accuracy", majority).message == (
        check("majority_accuracy", majority).message
    )
    assert check("majority_accuracy", majority_by_counter).passed


def test_an_input_that_cannot_be_compared_counts_as_unchanged():
    assert compare_function(lambda box: 1, lambda box: 1, [(object(),)]) is None


def test_a_forgotten_return_on_one_way_is_named():
    def length(start, end):
        if end > start:
            return end - start
        return None

    assert "Is there a `return`" in check("interval_length", length).message


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (1, 1.0),
        (2.0, 2),
        (0.1 + 0.2, 0.3),
        (1e-9, 0.0),
        (float("nan"), float("nan")),
        (np.bool_(True), True),
        ([1, [2.0]], (1, (2,))),
        ({"a": 0.1 + 0.2}, {"a": 0.3}),
        (np.array([0.1 + 0.2, np.nan]), np.array([0.3, np.nan])),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.array(["A", "C"]), np.array(["A", "C"])),
        (pd.Series([1, 2], name="x"), pd.Series([1.0, 2.0])),
        (pd.DataFrame({"a": [0.1 + 0.2]}), pd.DataFrame({"a": [0.3]})),
    ],
)
def test_same(got, expected):
    assert same(got, expected)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (0.3, 0.31),
        (10_000_001, 10_000_000),
        (True, 1),
        (1, True),
        ("1", 1),
        (1, "1"),
        (float("nan"), 0.0),
        (0.0, float("nan")),
        ([1], [1, 2]),
        ("AC", ["A", "C"]),
        ({"a": 1}, {"b": 1}),
        ([0.3], np.array([0.3])),
        (np.zeros((3, 4)), np.zeros((4, 3))),
        (np.array([0.3]), np.array([0.31])),
        (np.array(["0.3"]), np.array([0.3])),
        (pd.DataFrame({"a": [0.3]}), pd.DataFrame({"a": [0.31]})),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})),
        (pd.Series([1]), pd.DataFrame({"a": [1]})),
        (3, pd.Series([3])),
    ],
)
def test_not_same(got, expected):
    assert not same(got, expected)


def test_a_wrong_shape_is_named():
    hint = compare_value(np.zeros((3, 4)), np.zeros((4, 3)))
    assert "an array of shape `(3, 4)`" in hint
    assert "We need an array of shape `(4, 3)`" in hint


def test_shown_values_are_short_and_keep_the_code_marks_whole():
    assert len(show("A" * 10_000)) < 130
    assert show("a`b").count("`") == 2
    assert "\n" not in show(np.zeros((30, 3)))


class Parsed(html.parser.HTMLParser):
    """The tags, attributes and text that a browser would find."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def names(self):
        return [tag for tag, _ in self.tags]


class Hostile:
    def __repr__(self):
        return '<script>alert("x")</script>'


def test_feedback_escapes_what_the_learner_wrote():
    page = Parsed(check("gc_of_gattaca", Hostile())._repr_html_())
    assert "script" not in page.names()
    assert '<script>alert("x")</script>' in page.text
    page = Parsed(Feedback(False, "<b>`<i>`</b>", '"><script>')._repr_html_())
    assert page.names() == ["div", "strong", "span", "code"]
    assert page.tags[0][1]["data-check"] == '"><script>'


@pytest.mark.parametrize(
    ("answer", "passed", "word"), [(2 / 7, "true", "✓ Right."), (2, "false", "→ Not yet.")]
)
def test_feedback_can_be_found_in_an_executed_notebook(answer, passed, word):
    feedback = check("gc_of_gattaca", answer)
    page = Parsed(feedback._repr_html_())
    assert page.tags[0][1]["data-check"] == "gc_of_gattaca"
    assert page.tags[0][1]["data-passed"] == passed
    assert page.text.startswith(word)
    assert repr(feedback) == f"{word} {feedback.message}"


def contrast(style):
    colours = dict(part.split(":") for part in style.split(";") if part.startswith(("b", "c")))

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return np.dot(linear, [0.2126, 0.7152, 0.0722])

    light, dark = sorted(
        (luminance(colours["background"]), luminance(colours["color"])), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("passed", [True, False])
def test_the_verdict_is_readable_on_any_theme(passed):
    style = Parsed(Feedback(passed, "")._repr_html_()).tags[1][1]["style"]
    assert contrast(style.replace("border", "x")) >= 4.5  # WCAG 2, level AA


def test_check_and_quiz_are_public():
    assert gbl.check is check
    assert gbl.Quiz is Quiz


@pytest.mark.parametrize("name", QUIZZES)
def test_a_quiz_is_complete(name):
    quiz = QUIZZES[name]
    assert set(quiz) == {"question", "options"}
    assert quiz["question"].endswith("?")
    options = quiz["options"]
    assert len(options) >= 3
    assert [option.get("right", False) for option in options].count(True) == 1
    for option in options:
        assert option["text"].strip()
        assert "`" not in option["text"]  # a radio button shows no code
        assert len(option["explanation"]) > 40
    assert len({option["text"] for option in options}) == len(options)
    assert len({option["explanation"] for option in options}) == len(options)


def test_the_lessons_find_their_quizzes():
    expected = {"first_metric", "why_test_split", "half_open", "missing_strand", "assembly"}
    assert expected <= set(QUIZZES)


def test_the_right_options_are_not_all_in_one_place():
    places = {
        [option.get("right", False) for option in quiz["options"]].index(True)
        for quiz in QUIZZES.values()
    }
    assert len(places) > 1


def test_each_mistake_with_n_and_lower_case_has_a_gc_content_of_its_own():
    letters = "GCGNNat"
    assert letters in QUIZZES["gc_with_n"]["question"]
    gc = sum(map(letters.count, "GCgc"))
    right, upper = gc / 5, gc / sum(map(letters.count, "ACGT"))
    values = [right, upper, gc / 7, (gc + 2) / 7, (gc + 1) / 7, 100 * right]
    shown = {float(option["text"]): option for option in QUIZZES["gc_with_n"]["options"]}
    assert set(shown) == {round(value, 2) for value in values}
    assert shown[round(right, 2)]["right"]


def test_an_unknown_quiz_raises_a_suggestion():
    with pytest.raises(UnknownNameError, match="Did you mean 'half_open'"):
        Quiz("halfopen")


@pytest.mark.parametrize("index", [-1, 5])
def test_an_option_that_is_not_there(index):
    with pytest.raises(DataError, match="Take 0 to 4"):
        Quiz("half_open").feedback(index)


def test_quiz_feedback():
    quiz = Quiz("half_open")
    passed = [quiz.feedback(index).passed for index in range(len(quiz.options))]
    assert passed == [False, False, True, False, False]
    assert "both ends" in quiz.feedback(0).message
    assert quiz.feedback(2).name == "half_open"


def test_the_widget_answers_each_choice():
    quiz = Quiz("half_open")
    question, choice, answer = quiz.widget.children
    assert quiz.question in question.value
    assert choice.index is None
    assert answer.value == ""
    assert choice.description
    for index, option in enumerate(quiz.options):
        choice.index = index
        assert choice.value == option.text
        assert answer.value == quiz.feedback(index)._repr_html_()
    choice.index = None
    assert answer.value == ""


def test_a_quiz_shows_the_widget_or_a_fold():
    quiz = Quiz("first_metric")
    bundle = quiz._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == quiz.widget.model_id
    page = Parsed(bundle["text/html"])
    assert page.names().count("details") == 1
    assert "data-passed" not in bundle["text/html"]  # nobody has answered yet
    before, after = bundle["text/html"].split("<details>")
    for option in quiz.options:
        assert option.text in Parsed(before).text
        assert option.explanation in Parsed(after).text
        assert option.explanation not in Parsed(before).text
        assert option.text in bundle["text/plain"]
