"""Finds help by what a person types, in Korean or English, offline: the banks' questions, remedies, symptoms.

Korean is matched without a dictionary: each syllable is taken apart into its letters (NFD), and texts are compared by
runs of three letters and of two syllables, rarer ones counting more. So particles, spaces and slips matter little.
"""

from __future__ import annotations

import heapq
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from desktop.banks import Bank
from desktop.failures import FAILURES, by_code
from desktop.text import LANGUAGES, Text

#: What goes wrong without a number, in the words of `help.symptom.<name>`; the first nine are the guide's (KB-09).
SYMPTOMS = (
    *("wrong_rrn", "call", "medium", "app_error", "busy", "input_error", "unstable", "security_program", "expiry"),
    *("phishing", "whole_card", "reinstall", "own_phone", "slow", "other_pc"),
)
#: How much a match counts in what people say, in a title, in an answer.
_SYMPTOM, _TITLE, _ANSWER = 1.0, 0.95, 0.55
#: Below this share of the query a hit is chance.
_FAINT = 0.22
#: Bounds for a search, whatever there is to search: passages touched, and passages compared in full.
_MOST_LOOKED_AT, _MOST_COMPARED = 10_000, 400
#: A hit of the bank at hand goes before the same of another.
_ELSEWHERE = 0.8


@dataclass(frozen=True, slots=True)
class Passage:
    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of help. `titles` and `answers` by language; `code` (CG-…) for a failure, `bank` for a bank's own."""

    id: str
    titles: Mapping[str, str]
    answers: Mapping[str, str]
    said: tuple[str, ...] = ()
    bank: str = ""
    code: str = ""

    def passages(self) -> Iterator[Passage]:
        """In both languages, since people mix them."""
        yield from (Passage(words, _TITLE) for words in self.titles.values())
        yield from (Passage(words, _ANSWER) for words in self.answers.values())
        yield from (Passage(words, _SYMPTOM) for words in self.said)


@dataclass(frozen=True, slots=True)
class Hit:
    entry: Entry
    title: str
    answer: str
    score: float  # 0 to 1


@dataclass(frozen=True, slots=True)
class _Indexed:
    """A passage as it is compared: its entry's number, its marks, and what they weigh together."""

    entry: int
    weight: float
    marks: frozenset[str]
    length: float


class Help:
    """An index over entries; built once (a tenth of a second), then asked with every key typed."""

    def __init__(self, entries: Sequence[Entry], *, synonyms: Iterable[tuple[str, str]] = ()) -> None:
        """`synonyms`: what people say, and what the texts say for it."""
        self.entries = tuple(entries)
        self._synonyms = tuple((plain(said), plain(meant)) for said, meant in synonyms)
        passages = [(number, passage) for number, entry in enumerate(self.entries) for passage in entry.passages()]
        marked = [_marks(self._meant(plain(passage.words))) for _, passage in passages]
        postings: dict[str, list[int]] = defaultdict(list)
        for place, marks in enumerate(marked):
            for mark in marks:
                postings[mark].append(place)
        self._postings = {mark: tuple(places) for mark, places in postings.items()}
        self._rare = math.log(1 + len(marked)) ** 2
        self._weights = {mark: math.log(1 + len(marked) / len(places)) ** 2 for mark, places in postings.items()}
        self._passages = tuple(
            _Indexed(number, passage.weight, marks, self._weight(marks))
            for (number, passage), marks in zip(passages, marked, strict=True)
        )

    def search(self, query: str, language: str, *, bank: str = "", most: int = 8) -> tuple[Hit, ...]:
        """The best first; empty when nothing fits. A failure's number finds that failure alone."""
        if (failure := by_code(query)) and re.fullmatch(r"\s*(cg)?[\s-]*\d{4}\s*", query.casefold()):
            return tuple(self._hit(e, language, 1.0) for e in self.entries if e.code == failure.code)
        marks = _marks(self._meant(plain(query)))
        whole = self._weight(marks)
        best: dict[int, float] = {}
        for passage in map(self._passages.__getitem__, self._candidates(marks)):
            matched = self._weight(marks & passage.marks)
            # How much of the query is found, and a little of how much of the passage the query is.
            score = passage.weight * (0.75 * matched / whole + 0.25 * matched / passage.length)
            best[passage.entry] = max(best.get(passage.entry, 0.0), round(score, 6))  # sums of sets differ by a hair
        scored = ((self._near(number, score, bank), number) for number, score in best.items())
        ranked = sorted((-score, number) for score, number in scored if score >= _FAINT)
        return tuple(self._hit(self.entries[number], language, -score) for score, number in ranked[:most])

    def _candidates(self, marks: frozenset[str]) -> list[int]:
        """Passages that share the query's rarer marks; the common ones are looked at while there is time."""
        found: dict[int, float] = defaultdict(float)
        looked = 0
        for mark in sorted(marks & self._postings.keys(), key=lambda mark: (-self._weights[mark], mark)):
            if looked > _MOST_LOOKED_AT:
                break
            looked += len(self._postings[mark])
            for place in self._postings[mark]:
                found[place] += self._weights[mark]
        return heapq.nlargest(_MOST_COMPARED, found, key=lambda place: (found[place], -place))

    def _weight(self, marks: frozenset[str]) -> float:
        return sum(self._weights.get(mark, self._rare) for mark in marks)

    def _near(self, number: int, score: float, bank: str) -> float:
        own = self.entries[number].bank
        return score * _ELSEWHERE if bank and own and own != bank else score

    def _meant(self, words: str) -> str:
        for said, meant in self._synonyms:
            if said in words and meant not in words:
                words = words.replace(said, meant)
        return words

    def _hit(self, entry: Entry, language: str, score: float) -> Hit:
        return Hit(entry, entry.titles[language], entry.answers[language], round(score, 3))


def help_of(banks: Iterable[Bank], texts: Mapping[str, Text]) -> Help:
    """Everything there is to find; `texts` by language, both of them."""
    synonyms = [pair for text in texts.values() for pair in _pairs(_parts(text("help.synonyms")))]
    entries = [*_questions(banks), *_symptoms(texts), *_remedies(texts)]
    return Help(entries, synonyms=synonyms)


def _questions(banks: Iterable[Bank]) -> Iterator[Entry]:
    for bank in banks:
        for faq in bank.faq:
            said = tuple(symptom[language] for symptom in faq.symptoms for language in LANGUAGES)
            titles, answers = (
                {language: words[language] for language in LANGUAGES} for words in (faq.question, faq.answer)
            )
            yield Entry(f"{bank.id}.{faq.id}", titles, answers, said, bank=bank.id)


def _symptoms(texts: Mapping[str, Text]) -> Iterator[Entry]:
    for name in SYMPTOMS:
        titles = {language: text(f"help.symptom.{name}.title") for language, text in texts.items()}
        answers = {language: text(f"help.symptom.{name}.answer") for language, text in texts.items()}
        said = tuple(phrase for text in texts.values() for phrase in _parts(text(f"help.symptom.{name}.said")))
        yield Entry(f"symptom.{name}", titles, answers, said)


def _remedies(texts: Mapping[str, Text]) -> Iterator[Entry]:
    """Of what is seen in the window; what the command line says is read there."""
    for failure in FAILURES:
        if failure.domain in {"problem", "code"}:
            titles = {language: text(failure.cause) for language, text in texts.items()}
            answers = {language: text(failure.remedy) for language, text in texts.items()}
            yield Entry(f"problem.{failure.name}", titles, answers, code=failure.code)


def _parts(listed: str) -> list[str]:
    """`one; two`: a list as one text, since two languages need not have the same number of phrases."""
    return [part.strip() for part in listed.split(";")]


def _pairs(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        said, _, meant = line.partition("=")
        yield said, meant


def plain(words: str) -> str:
    """Small letters, full-width made plain, syllables whole (NFKC), everything but letters and digits a space."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", words).casefold()).strip()


#: Endings and particles that say nothing of the matter; taken off the end of a word.
_ENDINGS = re.compile(
    r"(습니다|입니다|합니다|됩니다|니다|세요|어요|아요|여요|해요|나요|까요|네요|데요|에요|예요|이요|는데|은데"
    r"|에서|으로|부터|까지|은|는|이|가|을|를|에|로|도|요|의)$"
)


def _marks(words: str) -> frozenset[str]:
    """Runs of three letters and of two syllables, across words too, and whole words."""
    stems = [stem for word in words.split() if (stem := _stem(word)) not in _EMPTY]
    joined = "".join(stems)
    letters = unicodedata.normalize("NFD", joined)
    threes = (letters[i : i + 3] for i in range(len(letters) - 2))
    twos = (f"2{joined[i : i + 2]}" for i in range(len(joined) - 1))
    return frozenset((*threes, *twos, *(f"w{stem}" for stem in stems)))


def _stem(word: str) -> str:
    shorter = _ENDINGS.sub("", word)
    return shorter if len(shorter) >= 2 or not shorter else word


_EMPTY = frozenset(("어떻게", "해야", "제가", "저는", "그냥", "왜", "좀", "자꾸", "계속"))
_EMPTY |= frozenset(
    ("a", "an", "the", "i", "my", "me", "it", "is", "are", "do", "does", "did", "didn", "don", "t", "s")
)
_EMPTY |= frozenset(("to", "of", "in", "on", "for", "and", "not", "how", "what", "can", "get", "got"))
