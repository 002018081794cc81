"""What is accident in a record - uids, generated names, times, addresses - and words instead of it."""

import re
from collections import Counter

from conformance.flavours import RENAMED, SUFFIX
from conformance.objects import controller_of

# Not part of a story: bookkeeping of the API server, different in every run.
DROPPED = ("resourceVersion", "managedFields", "creationTimestamp", "selfLink")

_PATTERNS = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<time>"),
    (re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d)"), r"<time>\1"),
    (re.compile(r'((?:resourceVersion|Resource Version)[\\":]*\s*[\\"]*)\d+'), r"\1<version>"),
    (re.compile(r"(in record )\(\d+\)"), r"\1(<version>)"),
    (re.compile(r"\b[IW]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ "), "<log> "),
    (re.compile(r"/registry/(apps/)?"), "<key>/"),
    (re.compile(r"/tmp/(kubectl-edit-|LIVE-|MERGED-)\d+"), r"<folder>/\1"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4}"), "<time>"),
    (re.compile(r"kube-api-access-[a-z0-9]{5}"), "kube-api-access-<random>"),
    (re.compile(r"\b([a-z0-9-]+-)?node-\d+\b"), "<node>"),
    (re.compile(r"\b(10|127)\.\d+\.\d+\.\d+\b"), "<address>"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uid>"),
    (re.compile(r"-\d{8}\b"), "-<minute>"),
)


def _any(_):
    return "<generated>"


_RUN = re.compile(r"(.+)-\d{8}")
"""A Job of a CronJob, and the minute that it was to start in."""
_ORDINAL = re.compile(r"\d{1,3}")


def is_generated(meta):
    """The API server, or a controller in its way, chose the name; a StatefulSet's pods have theirs."""
    prefix = meta.get("generateName")
    return bool(prefix) and not _ORDINAL.fullmatch(meta["name"].removeprefix(prefix))


class Names:
    """Words for the uids and names of one namespace."""

    def __init__(self, namespace, records):
        self._namespace = namespace
        self._names, self._uids, self._drawn = {}, {}, {}
        self._owners = set()
        self._revisions, self._sets, self._hashes = Counter(), Counter(), {}
        self._runs = Counter()
        seen = Counter()
        for record in records:
            item, meta = record.object, record.object["metadata"]
            if item["kind"] == "Event" or meta["uid"] in self._uids:
                continue
            if item["kind"] == "ControllerRevision":
                self._revise(item)
            elif item["kind"] == "ReplicaSet" and self._is_template(meta):
                self._number_set(meta)
            elif item["kind"] == "Job" and (run := _RUN.fullmatch(meta["name"])):
                self._number_run(meta["name"], run[1])
            elif item["kind"] != "Pod" and meta.get("generateName"):
                self._drawn[meta["name"]] = f"{meta['generateName']}<drawn>"
            word = f"{item['kind']} {self._drawn.get(meta['name'], meta['name'])}"
            seen[word] += 1
            self._uids[meta["uid"]] = word if seen[word] == 1 else f"{word} ({seen[word]})"
            if item["kind"] != "Pod":
                self._owners.add(self._drawn.get(meta["name"], meta["name"]))
            elif is_generated(meta):
                self._names[meta["name"]] = meta["uid"]

        owners = "|".join(map(re.escape, sorted(self._owners))) or "(?!)"
        # Names of pods that were refused, so that nobody has seen them but in a message.
        self._refused = re.compile(rf"\b({owners})-[bcdfghjklmnpqrstvwxz2456789]{{5}}\b")

    def _revise(self, item):
        """A revision is known by its owner and its place among the owner's, not by its hash."""
        meta = item["metadata"]
        if meta["name"] in self._drawn:
            return
        owner = controller_of(item)
        base = owner[1] if owner else meta["name"].rpartition("-")[0]
        self._revisions[base] += 1
        word = f"<revision {self._revisions[base]}>"
        self._drawn[meta["name"]] = f"{base}-{word}"
        self._hashes[meta["name"].rpartition("-")[2]] = word

    def _number_run(self, name, base):
        """A CronJob's Job is known by its place among them, not by its minute."""
        if name not in self._drawn:
            self._runs[base] += 1
            self._drawn[name] = f"{base}-<run {self._runs[base]}>"

    @staticmethod
    def _is_template(meta):
        """The name ends with the hash of a Deployment's template."""
        word = meta.get("labels", {}).get("pod-template-hash")
        return word is not None and meta["name"].endswith(f"-{word}")

    def _number_set(self, meta):
        """A Deployment's ReplicaSet is known by its place among them, not by its hash."""
        if meta["name"] in self._drawn:
            return
        word = meta["labels"]["pod-template-hash"]
        base = meta["name"].removesuffix(f"-{word}")
        self._sets[base] += 1
        self._hashes[word] = f"<set {self._sets[base]}>"
        self._drawn[meta["name"]] = f"{base}-{self._hashes[word]}"

    def number(self, lives):
        """Give pods with generated names their numbers: `lives` is uid -> (owner, step, life)."""
        numbers = Counter()
        words = {}
        for uid, (base, *_) in sorted(lives.items(), key=lambda life: life[1]):
            owner = self._drawn.get(base, base)
            numbers[owner] += 1
            words[uid] = f"{owner}-<{numbers[owner]}>"
        self._names = {name: words.get(uid, name) for name, uid in self._names.items()}
        self._uids |= {uid: f"Pod {word}" for uid, word in words.items()}

    def of(self, uid):
        return self._uids[uid]

    def anonymous(self, item):
        """An object with every generated name replaced by one and the same word."""
        return self._clean(item, _any, uids=False)

    def clean(self, value):
        """Any value with words instead of accidents, bookkeeping left out."""
        return self._clean(value, lambda name: self._names[name], uids=True)

    def shape(self, text):
        """A message with all generated names alike, and alone even when ten others were like it."""
        text = text.removeprefix("(combined from similar events): ")
        return self._clean(text, _any, uids=True)

    def _clean(self, value, word, *, uids):
        if isinstance(value, dict):
            kept = {key: item for key, item in value.items() if key not in DROPPED}
            return {key: self._clean(item, word, uids=uids) for key, item in kept.items()}
        if isinstance(value, list):
            return [self._clean(item, word, uids=uids) for item in value]
        return self._text(value, word, uids) if isinstance(value, str) else value

    def _text(self, text, word, uids):
        for ours, theirs in RENAMED.items():
            text = text.replace(ours, theirs)
        text = text.replace(self._namespace, "<namespace>").replace(SUFFIX, "")
        for name in self._names:
            if name in text:
                text = text.replace(name, word(name))
        for name, drawn in self._drawn.items():  # after the pods', which begin with it
            text = text.replace(name, drawn)
        text = self._hashes.get(text, text)
        text = self._refused.sub("<generated>", text)
        if uids and text in self._uids:
            return f"uid of {self._uids[text]}"
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text
