"""The tag libraries that templates ``{% load %}``: cache, i18n, l10n, static, tz."""
