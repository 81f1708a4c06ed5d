"""Models that are not ours, as the tests of the leaderboard name them: ``sweep_models:words``."""

from __future__ import annotations

import os
from typing import ClassVar

import numpy as np
import torch
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

NUMBER = 3


def words(random_state):
    """scikit-learn, seeded."""
    counts = CountVectorizer(analyzer="char", ngram_range=(2, 2))
    return make_pipeline(counts, LogisticRegression(max_iter=200, random_state=random_state))


class Tiny(torch.nn.Module):
    """torch, with a recipe that stops early."""

    RECIPE: ClassVar = {"epochs": 3, "batch_size": 16, "patience": 3}

    def __init__(self, n_classes, length):
        super().__init__()
        self.filters = torch.nn.Conv1d(4, 4, min(5, length))
        self.out = torch.nn.Linear(4, n_classes)

    def forward(self, x):
        return self.out(self.filters(x).relu().amax(2))


class Own:
    """Trains itself on a SequenceSet."""

    def fit(self, train, seed=0):
        self.share = np.bincount(train.labels, minlength=len(train.classes)) / len(train)

    def predict(self, sequences):
        return np.tile(self.share, (len(sequences), 1))


class Peeks(Own):
    """Copies the labels of what it is asked."""

    def predict(self, sequences):
        return np.eye(len(sequences.classes))[sequences.labels]


def too_many(n_classes):
    return Tiny(n_classes + 1, 9)


def dies():
    os._exit(3)


def margins():
    return make_pipeline(CountVectorizer(analyzer="char"), LinearSVC())


def nothing():
    return None
