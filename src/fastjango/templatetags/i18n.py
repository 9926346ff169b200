"""Translating in templates: ``{% translate %}``, ``{% blocktranslate %}``, ``{% language %}``, names of languages."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from decimal import Decimal
from typing import Any

from fastjango.conf import settings
from fastjango.template import Library, Node, TemplateSyntaxError, Variable
from fastjango.template.base import TokenType, render_value_in_context, token_kwargs
from fastjango.template.codegen.writer import knows_itself
from fastjango.template.nodes import NodeList
from fastjango.utils import translation
from fastjango.utils.safestring import SafeData, SafeString, mark_safe

register = Library()

__all__ = [
    "BlockTranslateNode", "GetAvailableLanguagesNode", "GetCurrentLanguageBidiNode", "GetCurrentLanguageNode",
    "GetLanguageInfoListNode", "GetLanguageInfoNode", "LanguageNode", "TranslateNode", "do_block_translate",
    "do_translate", "register",
]  # fmt: skip


class _NamingNode(Node):
    """A node that keeps a value under a name and shows nothing."""

    child_nodelists: Iterable[str] = ()

    def __init__(self, variable: str) -> None:
        self.variable = variable

    def value(self, context: Any) -> Any:
        """Return the value."""
        raise NotImplementedError

    def render(self, context: Any) -> str:
        """Keep the value."""
        context[self.variable] = self.value(context)
        return ""

    def context_writes(self) -> Iterable[str]:
        """Return the name it is kept under."""
        return (self.variable,)


@knows_itself
class GetAvailableLanguagesNode(_NamingNode):
    """``{% get_available_languages as name %}``."""

    def value(self, context: Any) -> Any:
        """Return code and translated name of each language."""
        return [(code, translation.gettext(name)) for code, name in settings.LANGUAGES]


@knows_itself
class GetCurrentLanguageNode(_NamingNode):
    """``{% get_current_language as name %}``."""

    def value(self, context: Any) -> Any:
        """Return the active language."""
        return translation.get_language()


@knows_itself
class GetCurrentLanguageBidiNode(_NamingNode):
    """``{% get_current_language_bidi as name %}``."""

    def value(self, context: Any) -> Any:
        """Tell whether the active language is written from right to left."""
        return translation.get_language_bidi()


@knows_itself
class GetLanguageInfoNode(_NamingNode):
    """``{% get_language_info for "de" as name %}``."""

    def __init__(self, lang_code: Any, variable: str) -> None:
        super().__init__(variable)
        self.lang_code = lang_code

    def value(self, context: Any) -> Any:
        """Return what is known of the language."""
        return translation.get_language_info(self.lang_code.resolve(context))


@knows_itself
class GetLanguageInfoListNode(_NamingNode):
    """``{% get_language_info_list for languages as name %}``."""

    def __init__(self, languages: Any, variable: str) -> None:
        super().__init__(variable)
        self.languages = languages

    def get_language_info(self, language: Any) -> dict[str, Any]:
        """Return what is known of a language, given by its code or by ``(code, name)``."""
        return translation.get_language_info(language if len(language[0]) == 1 else language[0])

    def value(self, context: Any) -> Any:
        """Return what is known of each language."""
        return [self.get_language_info(language) for language in self.languages.resolve(context)]


@knows_itself
class TranslateNode(Node):
    """``{% translate "text" context "c" noop as name %}``."""

    child_nodelists = ()

    def __init__(
        self, filter_expression: Any, noop: bool, asvar: str | None = None, message_context: Any = None
    ) -> None:
        self.noop = noop
        self.asvar = asvar
        self.message_context = message_context
        if isinstance(filter_expression.var, str):
            filter_expression.is_var = True
            filter_expression.var = Variable(f"'{filter_expression.var}'")
        self.filter_expression = filter_expression
        self.filter_expression.var.translate = not noop

    def render(self, context: Any) -> Any:
        """Return the translated text, or keep it."""
        expression = self.filter_expression
        if self.message_context:
            # The same template may be rendered by others at this moment.
            expression = copy(expression)
            expression.var = copy(expression.var)
            expression.var.message_context = self.message_context.resolve(context)
        value = render_value_in_context(expression.resolve(context), context)
        # The text was a message, where "%" is written twice.
        is_safe = isinstance(value, SafeData)
        text = value.replace("%%", "%")
        text = mark_safe(text) if is_safe else text
        if self.asvar:
            context[self.asvar] = text
            return ""
        return text

    def context_writes(self) -> Iterable[str]:
        """Return the name it is kept under."""
        return (self.asvar,) if self.asvar else ()

    def context_reads(self) -> bool:
        """Tell whether the text, a filter's argument or the context of the message is a variable."""
        return (
            self.filter_expression.var.lookups is not None
            or any(is_lookup for _function, args in self.filter_expression.filters for is_lookup, _arg in args)
            or (self.message_context is not None and self.message_context.is_var)
        )


@knows_itself
class BlockTranslateNode(Node):
    """``{% blocktranslate with a=b count c=d context "e" trimmed asvar f %}``."""

    child_nodelists = ()

    def __init__(
        self,
        extra_context: dict[str, Any],
        singular: list[Any],
        plural: list[Any] | None = None,
        countervar: str | None = None,
        counter: Any = None,
        message_context: Any = None,
        trimmed: bool = False,
        asvar: str | None = None,
        tag_name: str = "blocktranslate",
    ) -> None:
        self.extra_context = extra_context
        self.singular = singular
        self.plural = plural
        self.countervar = countervar
        self.counter = counter
        self.message_context = message_context
        self.trimmed = trimmed
        self.asvar = asvar
        self.tag_name = tag_name

    def __repr__(self) -> str:
        return (
            f"<{type(self).__qualname__}: extra_context={self.extra_context!r} "
            f"singular={self.singular!r} plural={self.plural!r}>"
        )

    def render_token_list(self, tokens: list[Any]) -> tuple[str, list[str]]:
        """Return the message of *tokens*, with ``%(name)s`` for variables, and the names of those."""
        pieces: list[str] = []
        names: list[str] = []
        for token in tokens:
            if token.token_type is TokenType.TEXT:
                pieces.append(token.contents.replace("%", "%%"))
            elif token.token_type is TokenType.VAR:
                pieces.append(f"%({token.contents})s")
                names.append(token.contents)
        message = "".join(pieces)
        if self.trimmed:
            message = translation.trim_whitespace(message)
        return message, names

    def _translated(self, context: Any) -> tuple[str, list[str]]:
        message_context = self.message_context.resolve(context) if self.message_context else None
        singular, names = self.render_token_list(self.singular)
        if self.plural and self.countervar and self.counter:
            count = self.counter.resolve(context)
            if not isinstance(count, (Decimal, float, int)):
                raise TemplateSyntaxError(f"{self.countervar!r} argument to {self.tag_name!r} tag must be a number.")
            context[self.countervar] = count
            plural, plural_names = self.render_token_list(self.plural)
            names.extend(plural_names)
            if message_context:
                return translation.npgettext(message_context, singular, plural, count), names
            return translation.ngettext(singular, plural, count), names
        if message_context:
            return translation.pgettext(message_context, singular), names
        return translation.gettext(singular), names

    def _value(self, name: str, context: Any) -> str:
        if name in context:
            value = context[name]
        else:
            invalid = context.template.engine.string_if_invalid
            value = invalid % name if "%s" in invalid else invalid
        return render_value_in_context(value, context)

    def render(self, context: Any, nested: bool = False) -> Any:
        """Return the translated text, or keep it."""
        values = {name: value.resolve(context) for name, value in self.extra_context.items()}
        with context.push(**values):
            text, names = self._translated(context)
            data = {name: self._value(name, context) for name in names}
        try:
            text = text % data
        except (KeyError, ValueError):
            if nested:
                # Even the original text cannot be formatted.
                raise TemplateSyntaxError(
                    f"{self.tag_name!r} is unable to format string returned by gettext: {text!r} using {data!r}"
                ) from None
            with translation.override(None):
                text = self.render(context, nested=True)
        if self.asvar:
            context[self.asvar] = SafeString(text)
            return ""
        return text

    def context_writes(self) -> Iterable[str]:
        """Return the name it is kept under."""
        return (self.asvar,) if self.asvar else ()


@knows_itself
class LanguageNode(Node):
    """``{% language "de" %}``."""

    def __init__(self, nodelist: NodeList, language: Any) -> None:
        self.nodelist = nodelist
        self.language = language

    def render(self, context: Any) -> Any:
        """Render the inside in another language."""
        with translation.override(self.language.resolve(context)):
            return self.nodelist.render(context)

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()


def _as_variable(token: Any, name: str) -> str:
    args = token.contents.split()
    if len(args) != 3 or args[1] != "as":
        raise TemplateSyntaxError(f"'{name}' requires 'as variable' (got {args!r})")
    variable: str = args[2]
    return variable


@register.tag("get_available_languages")
def do_get_available_languages(parser: Any, token: Any) -> GetAvailableLanguagesNode:
    """Keep the languages of the setting ``LANGUAGES`` under a name."""
    return GetAvailableLanguagesNode(_as_variable(token, "get_available_languages"))


@register.tag("get_language_info")
def do_get_language_info(parser: Any, token: Any) -> GetLanguageInfoNode:
    """Keep what is known of a language under a name."""
    args = token.split_contents()
    if len(args) != 5 or args[1] != "for" or args[3] != "as":
        raise TemplateSyntaxError(f"'{args[0]}' requires 'for string as variable' (got {args[1:]!r})")
    return GetLanguageInfoNode(parser.compile_filter(args[2]), args[4])


@register.tag("get_language_info_list")
def do_get_language_info_list(parser: Any, token: Any) -> GetLanguageInfoListNode:
    """Keep what is known of several languages under a name."""
    args = token.split_contents()
    if len(args) != 5 or args[1] != "for" or args[3] != "as":
        raise TemplateSyntaxError(f"'{args[0]}' requires 'for sequence as variable' (got {args[1:]!r})")
    return GetLanguageInfoListNode(parser.compile_filter(args[2]), args[4])


@register.filter
def language_name(lang_code: str) -> Any:
    """Return the English name of a language."""
    return translation.get_language_info(lang_code)["name"]


@register.filter
def language_name_translated(lang_code: str) -> Any:
    """Return the name of a language in the active one."""
    return translation.gettext(translation.get_language_info(lang_code)["name"])


@register.filter
def language_name_local(lang_code: str) -> Any:
    """Return the name of a language in itself."""
    return translation.get_language_info(lang_code)["name_local"]


@register.filter
def language_bidi(lang_code: str) -> Any:
    """Tell whether a language is written from right to left."""
    return translation.get_language_info(lang_code)["bidi"]


@register.tag("get_current_language")
def do_get_current_language(parser: Any, token: Any) -> GetCurrentLanguageNode:
    """Keep the active language under a name."""
    return GetCurrentLanguageNode(_as_variable(token, "get_current_language"))


@register.tag("get_current_language_bidi")
def do_get_current_language_bidi(parser: Any, token: Any) -> GetCurrentLanguageBidiNode:
    """Keep under a name whether the active language is written from right to left."""
    return GetCurrentLanguageBidiNode(_as_variable(token, "get_current_language_bidi"))


@register.tag("translate")
@register.tag("trans")
def do_translate(parser: Any, token: Any) -> TranslateNode:
    """Show a text in the active language."""
    bits = token.split_contents()
    tag = bits[0]
    if len(bits) < 2:
        raise TemplateSyntaxError(f"'{tag}' takes at least one argument")
    message = parser.compile_filter(bits[1])
    remaining = bits[2:]
    noop, asvar, message_context = False, None, None
    seen: set[str] = set()
    while remaining:
        option = remaining.pop(0)
        if option in seen:
            raise TemplateSyntaxError(f"The '{option}' option was specified more than once.")
        if option == "noop":
            noop = True
        elif option in ("context", "as"):
            if not remaining:
                raise TemplateSyntaxError(f"No argument provided to the '{tag}' tag for the {option} option.")
            value = remaining.pop(0)
            if option == "as":
                asvar = value
            elif value in ("as", "noop"):
                raise TemplateSyntaxError(
                    f"Invalid argument '{value}' provided to the '{tag}' tag for the context option"
                )
            else:
                message_context = parser.compile_filter(value)
        else:
            raise TemplateSyntaxError(
                f"Unknown argument for '{tag}' tag: '{option}'. The only options available are 'noop', "
                "'context' \"xxx\", and 'as VAR'."
            )
        seen.add(option)
    return TranslateNode(message, noop, asvar, message_context)


def _block_options(parser: Any, tag: str, remaining: list[str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    while remaining:
        option = remaining.pop(0)
        if option in options:
            raise TemplateSyntaxError(f"The {option!r} option was specified more than once.")
        if option == "with":
            value: Any = token_kwargs(remaining, parser, support_legacy=True)
            if not value:
                raise TemplateSyntaxError(f'"with" in {tag!r} tag needs at least one keyword argument.')
        elif option == "count":
            value = token_kwargs(remaining, parser, support_legacy=True)
            if len(value) != 1:
                raise TemplateSyntaxError(f'"count" in {tag!r} tag expected exactly one keyword argument.')
        elif option == "context":
            try:
                value = parser.compile_filter(remaining.pop(0))
            except (IndexError, TemplateSyntaxError):
                raise TemplateSyntaxError(f'"context" in {tag!r} tag expected exactly one argument.') from None
        elif option == "trimmed":
            value = True
        elif option == "asvar":
            if not remaining:
                raise TemplateSyntaxError(f"No argument provided to the '{tag}' tag for the asvar option.")
            value = remaining.pop(0)
        else:
            raise TemplateSyntaxError(f"Unknown argument for {tag!r} tag: {option!r}.")
        options[option] = value
    return options


def _texts_and_variables(parser: Any) -> tuple[list[Any], Any]:
    """Return the texts and variables up to the next tag, and that tag."""
    found: list[Any] = []
    token = None
    while parser.tokens:
        token = parser.next_token()
        if token.token_type not in (TokenType.VAR, TokenType.TEXT):
            break
        found.append(token)
    return found, token


@register.tag("blocktranslate")
@register.tag("blocktrans")
def do_block_translate(parser: Any, token: Any) -> BlockTranslateNode:
    """Show a text with variables in it, in the active language."""
    bits = token.split_contents()
    tag = bits[0]
    options = _block_options(parser, tag, bits[1:])
    countervar, counter = None, None
    if "count" in options:
        ((countervar, counter),) = options["count"].items()
    singular, token = _texts_and_variables(parser)
    plural: list[Any] = []
    if countervar and counter:
        if token.contents.strip() != "plural":
            raise TemplateSyntaxError(f"{tag!r} doesn't allow other block tags inside it")
        plural, token = _texts_and_variables(parser)
    if token.contents.strip() != f"end{tag}":
        raise TemplateSyntaxError(f"{tag!r} doesn't allow other block tags (seen {token.contents!r}) inside it")
    return BlockTranslateNode(
        options.get("with", {}),
        singular,
        plural,
        countervar,
        counter,
        options.get("context"),
        trimmed=options.get("trimmed", False),
        asvar=options.get("asvar"),
        tag_name=tag,
    )


@register.tag
def language(parser: Any, token: Any) -> LanguageNode:
    """Use another language inside the tag."""
    bits = token.split_contents()
    if len(bits) != 2:
        raise TemplateSyntaxError(f"'{bits[0]}' takes one argument (language)")
    code = parser.compile_filter(bits[1])
    nodelist = parser.parse(("endlanguage",))
    parser.delete_first_token()
    return LanguageNode(nodelist, code)
