"""Right and wrong answers to the exercises of lesson 02: ``{name: (right, {word: wrong})}``."""

from __future__ import annotations

from collections import Counter

from genbench_lite import composition, kmers, sequence


def gc_by_counts(letters):
    letters = letters.upper()
    strong, weak = (sum(map(letters.count, pair)) for pair in ("GC", "AT"))
    return strong / (strong + weak)


def gc_in_a_loop(letters):
    strong = known = 0
    for letter in letters:
        if letter not in "nN":
            known += 1
            if letter in "cCgG":
                strong += 1
    return strong / known


def words(letters, k):
    return [letters[i : i + k] for i in range(len(letters) - k + 1)]


def kmers_in_a_loop(letters, k):
    counts = {}
    for word in words(letters.upper(), k):
        if "N" not in word:
            counts[word] = counts.get(word, 0) + 1
    return counts


def kmers_with_zeros(letters, k):
    (row,) = kmers.kmer_counts([letters], k)
    return dict(zip(kmers.kmer_names(k), row.tolist(), strict=True))


def kmers_that_need_one(letters, k):
    counted = kmers_in_a_loop(letters, k)
    return counted if counted else {letters: 1}


def turn(word):
    return sequence.decode(sequence.reverse_complement(sequence.encode(word)))


def changes_itself(letters, k):
    kmers_in_a_loop(letters, k)


ANSWERS = {
    "gc_content": (
        [gc_by_counts, gc_in_a_loop, lambda s: composition.gc_content([s])[0]],
        {
            "per cent": lambda s: 100 * gc_by_counts(s),
            "the number of G and C. Divide": lambda s: s.count("G") + s.count("C"),
            "share of A and T": lambda s: (s.count("A") + s.count("T")) / len(s),
            "by the number of A and T": lambda s: (
                (s.count("G") + s.count("C")) / (s.count("A") + s.count("T"))
            ),
            "leave C out": lambda s: s.count("G") / len(s),
            "leave G out": lambda s: s.count("C") / len(s),
            "the word GC": lambda s: s.count("GC") / len(s),
            "count N as a base": lambda s: sum(b in "GCgc" for b in s) / len(s),
            "as if it were": lambda s: sum(b in "GCNgcn" for b in s) / len(s),
            "Divide by the number of A, C, G and T": lambda s: 0.0 if "N" in s else gc_by_counts(s),
            "still divide by all": lambda s: (
                (s.count("G") + s.count("C")) / (len(s) - s.count("N"))
            ),
            "leave letters in lower case out": lambda s: (
                (s.count("G") + s.count("C")) / sum(map(s.count, "ACGT"))
            ),
            "makes them alike": lambda s: 0.5 if s != s.upper() else gc_by_counts(s),
            "is a small `n`, and": lambda s: sum(b in "GCgc" for b in s) / (len(s) - s.count("N")),
            "A small `n` is unknown": lambda s: 0.25 if "n" in s else gc_by_counts(s),
            "text": lambda s: f"{gc_by_counts(s):.2f}",
            "and divide by the number of letters. For": lambda s: 0.5,
            "AttributeError": lambda s: s.gc(),
        },
    ),
    "cpg_ratio": (
        [
            lambda s: s.count("CG") * len(s) / (s.count("C") * s.count("G")),
            lambda s: composition.cpg_ratio([s])[0],
        ],
        {
            "in this order": lambda s: s.count("GC") * len(s) / (s.count("C") * s.count("G")),
            "the number of CpG. Divide": lambda s: s.count("CG"),
            "the number that chance": lambda s: s.count("C") * s.count("G") / len(s),
            "for each letter": lambda s: s.count("CG") / len(s),
            "length is missing": lambda s: s.count("CG") / (s.count("C") * s.count("G")),
            "Put brackets round": lambda s: s.count("CG") / s.count("C") * s.count("G") / len(s),
            "Multiply them": lambda s: s.count("CG") * len(s) / (s.count("C") + s.count("G")),
            "upside down": lambda s: s.count("C") * s.count("G") / len(s) / s.count("CG"),
            "the ratio is 0": lambda s: composition.cpg_ratio([s])[0] or float("nan"),
            "equally frequent": lambda s: (
                s.count("CG") / len(s) / ((s.count("C") + s.count("G")) / 2 / len(s)) ** 2
            ),
            "published ones": lambda s: (
                s.count("CG") / (len(s) - 1) / (s.count("C") / len(s) * s.count("G") / len(s))
            ),
            "Divide the number of CG by this": lambda s: len(s),
            "raises `ZeroDivisionError": lambda s: s.count("CG") / s.count("GG"),
        },
    ),
    "count_kmers": (
        [kmers_in_a_loop, kmers_with_zeros, lambda s, k: Counter(kmers_in_a_loop(s, k))],
        {
            "do not overlap. Move": lambda s, k: Counter(
                s[i : i + k] for i in range(0, len(s) - k + 1, k)
            ),
            "do not overlap, and": lambda s, k: Counter(s[i : i + k] for i in range(0, len(s), k)),
            "`str.count` skips": lambda s, k: {w: s.count(w) for w in set(words(s, k))},
            "last word is missing": lambda s, k: Counter(s[i : i + k] for i in range(len(s) - k)),
            "too short": lambda s, k: Counter(s[i : i + k] for i in range(len(s))),
            "not how often": lambda s, k: dict.fromkeys(words(s, k), 1),
            "list of words": words,
            "words in all": lambda s, k: len(words(s, k)),
            "empty dictionary": kmers_that_need_one,
            "with an N is counted": lambda s, k: Counter(words(s.upper(), k)),
            "neighbours that are none": lambda s, k: kmers_in_a_loop(s.replace("N", ""), k),
            "only those": lambda s, k: {} if "N" in s else kmers_in_a_loop(s, k),
            "entry of its own": lambda s, k: Counter(w for w in words(s, k) if "N" not in w),
            "in lower case are lost": lambda s, k: Counter(
                w for w in words(s, k) if set(w) <= set("ACGT")
            ),
            "with those in upper case": lambda s, k: (
                {w.title(): n for w, n in kmers_in_a_loop(s, k).items()}
                if s != s.upper()
                else kmers_in_a_loop(s, k)
            ),
            "how often each word comes. For": lambda s, k: {s: k},
            "returns `None`": changes_itself,
        },
    ),
    "canonical_kmer": (
        [lambda word: min(word, turn(word)), lambda word: sorted([word, turn(word)])[0]],
        {
            "comes back": lambda word: word,
            "only if it is": turn,
            "later one": lambda word: max(word, turn(word)),
            "the reversed word": lambda word: min(word, word[::-1]),
            "with the complement": lambda word: min(word, turn(word)[::-1]),
            "within the word": lambda word: "".join(sorted(word)),
            "both words": lambda word: (word, turn(word)),
            "Make the reverse complement": lambda word: "A" * len(word),
        },
    ),
}
