{% autoescape off %}'use strict';
{
  const globals = this;
  const django = globals.django || (globals.django = {});
{% if plural %}  django.pluralidx = function(n) {
    const v = {{ plural }};
    return typeof v === 'boolean' ? (v ? 1 : 0) : v;
  };
{% else %}  django.pluralidx = function(count) { return (count == 1) ? 0 : 1; };
{% endif %}
  // Several catalogs may be loaded one after the other.
  django.catalog = django.catalog || {};
{% if catalog_str %}  var newcatalog = {{ catalog_str }};
  Object.assign(django.catalog, newcatalog);
{% endif %}
  if (!django.jsi18n_initialized) {
    const inContext = (context, message) => context + '\x04' + message;

    django.gettext = (message) => {
      const found = django.catalog[message];
      if (found === undefined) return message;
      return typeof found === 'string' ? found : found[0];
    };
    django.ngettext = (singular, plural, count) => {
      const found = django.catalog[singular];
      if (found === undefined) return count == 1 ? singular : plural;
      return Array.isArray(found) ? found[django.pluralidx(count)] : found;
    };
    django.gettext_noop = (message) => message;
    django.pgettext = (context, message) => {
      const key = inContext(context, message);
      const found = django.gettext(key);
      return found === key ? message : found;
    };
    django.npgettext = (context, singular, plural, count) => {
      const key = inContext(context, singular);
      const found = django.ngettext(key, inContext(context, plural), count);
      return found.includes('\x04') ? django.ngettext(singular, plural, count) : found;
    };
    django.interpolate = (format, values, named) => named
      ? format.replace(/%\(\w+\)s/g, (mark) => String(values[mark.slice(2, -2)]))
      : format.replace(/%s/g, () => String(values.shift()));

    django.formats = {{ formats_str }};
    django.get_format = (name) => {
      const found = django.formats[name];
      return found === undefined ? name : found;
    };

    for (const name of ['pluralidx', 'gettext', 'ngettext', 'gettext_noop', 'pgettext', 'npgettext', 'interpolate', 'get_format']) {
      globals[name] = django[name];
    }
    django.jsi18n_initialized = true;
  }
}{% endautoescape %}
