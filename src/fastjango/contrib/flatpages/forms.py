"""
The form of a flat page.
"""

from __future__ import annotations

from typing import Any

from fastjango import forms
from fastjango.conf import settings
from fastjango.contrib.flatpages.models import FlatPage
from fastjango.core.exceptions import ValidationError
from fastjango.utils.translation import gettext
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["FlatpageForm"]


class FlatpageForm(forms.ModelForm):
    """Edits a page; a URL may be used once per site."""

    url = forms.RegexField(
        label=_("URL"),
        max_length=100,
        regex=r"^[-\w/.~]+$",
        help_text=_("Example: “/about/contact/”. Make sure to have leading and trailing slashes."),
        error_messages={
            "invalid": _("This value must contain only letters, numbers, dots, underscores, dashes, slashes or tildes.")
        },
    )

    class Meta:
        model = FlatPage
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self._trailing_slash_required():
            self.fields["url"].help_text = _("Example: “/about/contact”. Make sure to have a leading slash.")

    def _trailing_slash_required(self) -> bool:
        return bool(settings.APPEND_SLASH and "fastjango.middleware.common.CommonMiddleware" in settings.MIDDLEWARE)

    def clean_url(self) -> str:
        """Return the URL, with the slashes it needs."""
        url: str = self.cleaned_data["url"]
        if not url.startswith("/"):
            raise ValidationError(gettext("URL is missing a leading slash."), code="missing_leading_slash")
        if self._trailing_slash_required() and not url.endswith("/"):
            raise ValidationError(gettext("URL is missing a trailing slash."), code="missing_trailing_slash")
        return url

    def clean(self) -> dict[str, Any] | None:
        """Refuse a URL that another page of the same site has. Queries: one per site that is taken, and one."""
        url, sites = self.cleaned_data.get("url"), self.cleaned_data.get("sites")
        others = FlatPage.objects.filter(url=url)
        if self.instance.pk:
            others = others.exclude(pk=self.instance.pk)
        if sites is not None and others.filter(sites__in=sites).exists():
            for site in sites:
                if others.filter(sites=site).exists():
                    raise ValidationError(
                        _("Flatpage with url %(url)s already exists for site %(site)s"),
                        code="duplicate_url",
                        params={"url": url, "site": site},
                    )
        return super().clean()
