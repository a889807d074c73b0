"""The two steps of signing in that differ by side: who is asked for a code, and who may remember a device."""

from allauth.mfa.stages import AuthenticateStage, TrustStage
from django.http import HttpRequest

from accounts.models import Membership


class SecondStepStage(AuthenticateStage):
    """A remembered device replaces the second step for provider accounts only."""

    def _should_handle(self, request: HttpRequest) -> bool:
        if Membership.objects.may_remember_device(self.login.user):
            return super()._should_handle(request)
        self.request = _without_remembered(request)
        return super()._should_handle(self.request)


class RememberDeviceStage(TrustStage):
    """Offered after the second step, to provider accounts."""

    def handle(self) -> tuple:  # type: ignore[type-arg]
        """Nothing to ask of anybody else."""
        return super().handle() if Membership.objects.may_remember_device(self.login.user) else (None, True)


def _without_remembered(request: HttpRequest) -> HttpRequest:
    from allauth.mfa import app_settings

    request.COOKIES.pop(app_settings.TRUST_COOKIE_NAME, None)
    return request
