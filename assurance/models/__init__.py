"""Rounds, self-assessments, ratings and levels, split by aggregate."""

from assurance.models.answers import Answer, AnswerEvidence
from assurance.models.assessments import SelfAssessment
from assurance.models.assigning import StrandAssignment
from assurance.models.batches import Batch, BatchRow
from assurance.models.colleagues import ColleagueAsk
from assurance.models.figures_changes import FiguresChange
from assurance.models.giving_back import EntryGivenBack
from assurance.models.in_question import InQuestion
from assurance.models.links import ReturnLink
from assurance.models.papers import ResultPaper
from assurance.models.policy import AssurancePolicy
from assurance.models.ratings import CriterionAction, Rating
from assurance.models.records import RecordedGrade, RecordedSet
from assurance.models.results import LevelDecision, LevelResult, StandardResult
from assurance.models.reviews import StrandReview
from assurance.models.rounds import Round
from assurance.models.seen import Seen, SeenAtSite
from assurance.models.submissions import EntryOnBehalf, SendBack, Signature, Submission
from assurance.models.workbooks import ReturnWorkbook

__all__ = [
    "Answer",
    "AnswerEvidence",
    "AssurancePolicy",
    "Batch",
    "BatchRow",
    "ColleagueAsk",
    "CriterionAction",
    "EntryGivenBack",
    "EntryOnBehalf",
    "FiguresChange",
    "InQuestion",
    "LevelDecision",
    "LevelResult",
    "Rating",
    "RecordedGrade",
    "RecordedSet",
    "ResultPaper",
    "ReturnLink",
    "ReturnWorkbook",
    "Round",
    "Seen",
    "SeenAtSite",
    "SelfAssessment",
    "SendBack",
    "Signature",
    "StandardResult",
    "StrandAssignment",
    "StrandReview",
    "Submission",
]
