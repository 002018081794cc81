"""Workload kinds for Kubernetes: what a kind of your own needs, and nothing that does I/O."""

from podwright.objects import LabelSelector, Manifest, Meta, Model, Object, Pod, Resource
from podwright.owners import Owner
from podwright.plan import Create, Delete, Failure, Outcome, Patch, Plan, Record, Say, Wait
from podwright.rules import conditions, pods, ranking, selectors, templates
from podwright.structural import PodTemplate
from podwright.workload import Check, Column, Crd, Observed, Owns, Scale, Served, Workload

__all__ = [
    "Check",
    "Column",
    "Crd",
    "Create",
    "Delete",
    "Failure",
    "LabelSelector",
    "Manifest",
    "Meta",
    "Model",
    "Object",
    "Observed",
    "Outcome",
    "Owner",
    "Owns",
    "Patch",
    "Plan",
    "Pod",
    "PodTemplate",
    "Record",
    "Resource",
    "Say",
    "Scale",
    "Served",
    "Wait",
    "Workload",
    "conditions",
    "pods",
    "ranking",
    "selectors",
    "templates",
]
