"""Reviews, their clocks and who may know of them."""

from reviews.models.asking import Asked
from reviews.models.asks import Acknowledgement, LearningAsk
from reviews.models.clock_rules import ClockRule, Unit, counted
from reviews.models.clocks import Clock, ClockMove
from reviews.models.contributions import Contribution, ContributionNote, OutOfOrder
from reviews.models.criteria import RecommendationCriterion
from reviews.models.dissemination import Dissemination, Spread
from reviews.models.impact import ImpactReview, ImpactRule
from reviews.models.implications import Implication
from reviews.models.learning import Learning
from reviews.models.milestones import KindChange, Milestone, StageMove
from reviews.models.parts import RecommendationAction
from reviews.models.positions import Position
from reviews.models.reading import EmergencyAccess, ReviewRead
from reviews.models.recommendations import Recommendation, RecommendationTheme
from reviews.models.reviews import IllegalMove, Review
from reviews.models.themes import ReviewTheme

__all__ = [
    "Acknowledgement",
    "Asked",
    "Clock",
    "ClockMove",
    "ClockRule",
    "Contribution",
    "ContributionNote",
    "Dissemination",
    "EmergencyAccess",
    "IllegalMove",
    "ImpactReview",
    "ImpactRule",
    "Implication",
    "KindChange",
    "Learning",
    "LearningAsk",
    "Milestone",
    "OutOfOrder",
    "Position",
    "Recommendation",
    "RecommendationAction",
    "RecommendationCriterion",
    "RecommendationTheme",
    "Review",
    "ReviewRead",
    "ReviewTheme",
    "Spread",
    "StageMove",
    "Unit",
    "counted",
]
