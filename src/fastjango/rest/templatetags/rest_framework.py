"""Tags and filters of the browsable page; ``{% render_form serializer %}`` is for pages of the project, too."""

from __future__ import annotations

import re
from typing import Any

from fastjango import template
from fastjango.rest.compat import apply_markdown, pygments_highlight
from fastjango.rest.form_html import HTMLFormRenderer
from fastjango.rest.serializers.relations import Hyperlink
from fastjango.rest.utils.urls import replace_query_param
from fastjango.template import loader
from fastjango.urls import NoReverseMatch, reverse
from fastjango.utils.encoding import iri_to_uri
from fastjango.utils.html import conditional_escape, escape, format_html, smart_urlquote
from fastjango.utils.safestring import SafeString, mark_safe

register = template.Library()

_class_attribute = re.compile(r'(?<=class=["\'])(.*)(?=["\'])')
TRAILING_PUNCTUATION = [".", ",", ":", ";", ".)", '"', '."', "'", "']"]
WRAPPING_PUNCTUATION = [("(", ")"), ("<", ">"), ("[", "]"), ("&lt;", "&gt;"), ('"', '"'), ("'", "'")]
_word_split = re.compile(r"(\s+)")
_url_start = re.compile(r"^https?://\[?\w", re.IGNORECASE)
_host = re.compile(r"^www\.|^(?!http)\w[^@]+\.(com|edu|gov|int|mil|net|org)$", re.IGNORECASE)
_email = re.compile(r"^\S+@\S+\.\S+$")


@register.tag(name="code")
def highlight_code(parser: Any, token: Any) -> Any:
    """``{% code json %}...{% endcode %}``: text with colours."""
    lang = token.split_contents()[-1]
    nodelist = parser.parse(("endcode",))
    parser.delete_first_token()
    return CodeNode(lang, nodelist)


class CodeNode(template.Node):
    """Text with colours."""

    style = "emacs"

    def __init__(self, lang: str, code: Any) -> None:
        self.lang = lang
        self.nodelist = code

    def render(self, context: Any) -> Any:
        """Return the text as HTML."""
        return pygments_highlight(self.nodelist.render(context), self.lang, self.style)


@register.filter()
def with_location(fields: Any, location: str) -> list[Any]:
    """Return the schema fields of a location."""
    return [field for field in fields if field.location == location]


@register.simple_tag
def form_for_link(link: Any) -> str:
    """Return nothing: forms of links belonged to a schema that is gone."""
    return ""


@register.simple_tag
def render_markdown(markdown_text: str) -> Any:
    """Return Markdown as HTML, the text itself without the library."""
    return mark_safe(apply_markdown(markdown_text)) if apply_markdown else markdown_text


@register.simple_tag
def get_pagination_html(pager: Any) -> Any:
    """Return the links of a paginator."""
    return pager.to_html()


@register.simple_tag
def render_form(serializer: Any, template_pack: str | None = None) -> Any:
    """Return a serializer as an HTML form."""
    style = {"template_pack": template_pack} if template_pack else {}
    return HTMLFormRenderer().render(serializer.data, None, {"style": style})


@register.simple_tag
def render_field(field: Any, style: Any) -> Any:
    """Return one field of a form."""
    renderer = style.get("renderer", HTMLFormRenderer())
    return renderer.render_field(field, style)


def _next(request: Any) -> str:
    return escape(request.path)


@register.simple_tag
def optional_login(request: Any) -> SafeString:
    """Return a link to log in, where the project has the login page."""
    try:
        login_url = reverse("rest_framework:login")
    except NoReverseMatch:
        return mark_safe("")
    return format_html("<li><a href='{href}?next={next}'>Log in</a></li>", href=login_url, next=_next(request))


@register.simple_tag
def optional_docs_login(request: Any) -> SafeString | str:
    """Return a link to log in, else the words."""
    try:
        login_url = reverse("rest_framework:login")
    except NoReverseMatch:
        return "log in"
    return format_html("<a href='{href}?next={next}'>log in</a>", href=login_url, next=_next(request))


@register.simple_tag
def optional_logout(request: Any, user: Any, csrf_token: Any) -> SafeString:
    """Return the user's name and, where the project has the page, a button to log out."""
    try:
        logout_url = reverse("rest_framework:logout")
    except NoReverseMatch:
        return format_html('<li class="navbar-text">{user}</li>', user=user)
    return format_html(
        '<li class="user"><span>{user}</span><form id="logoutForm" method="post" action="{href}?next={next}">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{token}"><button type="submit">Log out</button></form></li>',
        user=user,
        href=logout_url,
        next=_next(request),
        token=csrf_token,
    )


@register.simple_tag
def add_query_param(request: Any, key: str, val: Any) -> SafeString:
    """Return the request's address with one more parameter."""
    return mark_safe(escape(replace_query_param(iri_to_uri(request.get_full_path()) or "", key, val)))


@register.filter
def as_string(value: Any) -> str:
    """Return text, empty for None."""
    return "" if value is None else f"{value}"


@register.filter
def as_list_of_strings(value: Any) -> list[str]:
    """Return texts, empty for None."""
    return ["" if item is None else f"{item}" for item in value]


@register.filter
def add_class(value: Any, css_class: str) -> Any:
    """Return a tag with one more CSS class, which is put there once."""
    html = str(value)
    found = _class_attribute.search(html)
    if found:
        classes = found.group(1).split(" ")
        if css_class not in classes:
            joined = f"{found.group(1)} {css_class}".strip()
            return mark_safe(_class_attribute.sub(lambda _match: joined, html, count=1))
        return value
    return mark_safe(html.replace(">", f' class="{css_class}">', 1))


@register.filter
def format_value(value: Any) -> Any:
    """Return a value as the table page shows it: links, lists and mappings as HTML."""
    if getattr(value, "is_hyperlink", False):
        name = str(value.obj)
        return mark_safe(f"<a href={value}>{escape(name)}</a>")
    if value is None or isinstance(value, bool):
        return mark_safe(f"<code>{ {True: 'true', False: 'false', None: 'null'}[value] }</code>")
    if isinstance(value, list):
        nested = any(isinstance(item, list | dict) for item in value)
        name = "list_value" if nested else "simple_list_value"
        return loader.get_template(f"rest_framework/admin/{name}.html").render({"value": value})
    if isinstance(value, dict):
        return loader.get_template("rest_framework/admin/dict_value.html").render({"value": value})
    if isinstance(value, str):
        if value.startswith(("http:", "https:", "/")) and not re.search(r"\s", value):
            return mark_safe('<a href="{value}">{value}</a>'.format(value=escape(value)))
        if "@" in value and not re.search(r"\s", value):
            return mark_safe('<a href="mailto:{value}">{value}</a>'.format(value=escape(value)))
        if "\n" in value:
            return mark_safe(f"<pre>{escape(value)}</pre>")
    return str(value)


@register.filter
def items(value: Any) -> Any:
    """Return the pairs of a mapping, also where it has a key called ``items``."""
    return [] if value is None else value.items()


@register.filter
def data(value: Any) -> Any:
    """Return ``.data``."""
    return value.data


@register.filter
def schema_links(section: Any, sec_key: str | None = None) -> Any:
    """Return the links of a schema section."""
    return getattr(section, "links", {})


@register.filter
def add_nested_class(value: Any) -> str:
    """Return the CSS class of nested values."""
    if isinstance(value, dict):
        return "class=nested"
    if isinstance(value, list) and any(isinstance(item, list | dict) for item in value):
        return "class=nested"
    return ""


def smart_urlquote_wrapper(matched_url: str) -> str | None:
    """Return an address fit for ``href``; ``None`` for what looks like one and cannot be taken apart."""
    try:
        return smart_urlquote(matched_url)
    except ValueError:
        return None


def _split_url(word: str) -> tuple[str, str, str]:
    """Return what stands before, in and behind an address: brackets and full stops."""
    lead, trail = "", ""
    middle = word
    changed = True
    while changed:
        changed = False
        for punctuation in TRAILING_PUNCTUATION:
            if middle.endswith(punctuation) and middle != punctuation:
                middle, trail, changed = middle[: -len(punctuation)], punctuation + trail, True
        for opening, closing in WRAPPING_PUNCTUATION:
            if middle.startswith(opening):
                middle, lead, changed = middle[len(opening) :], lead + opening, True
            if middle.endswith(closing) and middle.count(closing) == middle.count(opening) + 1:
                middle, trail, changed = middle[: -len(closing)], closing + trail, True
    return lead, middle, trail


@register.filter(needs_autoescape=True)
def break_long_headers(header: str, autoescape: bool = True) -> Any:
    """Return a long header with a line break behind each comma."""
    text = conditional_escape(header) if autoescape else header
    if len(header) > 160 and "," in header:
        return mark_safe("<br> " + ", <br>".join(str(text).split(",")))
    return mark_safe(text) if autoescape else text


@register.filter(needs_autoescape=True)
def urlize(text: Any, trim_url_limit: int | None = None, nofollow: bool = True, autoescape: bool = True) -> SafeString:
    """Return text with its addresses as links."""
    from_safe = isinstance(text, SafeString)
    words = _word_split.split(str(text))
    made = []
    for word in words:
        if not any(mark in word for mark in (".", "@", ":")):
            made.append(_shown(word, from_safe, autoescape))
            continue
        lead, middle, trail = _split_url(word)
        url = None
        rel = ' rel="nofollow"' if nofollow else ""
        if _url_start.match(middle):
            url = smart_urlquote_wrapper(middle.replace("&amp;", "&") if from_safe else middle)
        elif _host.match(middle):
            url = smart_urlquote_wrapper(f"http://{middle}")
        elif ":" not in middle and _email.match(middle):
            url, rel = "mailto:" + middle, ""
        if not url:
            made.append(_shown(word, from_safe, autoescape))
            continue
        link = f'<a href="{escape(url)}"{rel}>{_shown(middle, from_safe, autoescape)}</a>'
        made.append(_shown(lead, from_safe, autoescape) + link + _shown(trail, from_safe, autoescape))
    return mark_safe("".join(made))


def _shown(text: str, from_safe: bool, autoescape: bool) -> str:
    return str(escape(text)) if autoescape and not from_safe else text


urlize_quoted_links = register.filter("urlize_quoted_links", urlize, needs_autoescape=True)

__all__ = ["Hyperlink", "register"]
