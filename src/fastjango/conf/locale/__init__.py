"""
What is known of each language: names, direction, stand-ins.

LANG_INFO   language code -> {"bidi", "code", "name", "name_local"}, or {"fallback": [...]}
cldr.py     date and number formats of a language, made from CLDR by Babel
<language>/formats.py   the formats of one language as a module, at Django's paths
"""

from __future__ import annotations

from typing import Any

from fastjango.conf.global_settings import LANGUAGES, LANGUAGES_BIDI

__all__ = ["LANG_INFO"]

# The name of each language in itself (CLDR's autonyms).
_AUTONYMS = """
af=Afrikaans ar=العربيّة ar-dz=العربية_الجزائرية ast=asturianu az=Azərbaycanca bg=български be=беларуская bn=বাংলা
br=brezhoneg bs=bosanski ca=català ckb=کوردی cs=česky cy=Cymraeg da=dansk de=Deutsch dsb=dolnoserbski el=Ελληνικά
en=English en-au=Australian_English en-gb=British_English eo=Esperanto es=español es-ar=español_de_Argentina
es-co=español_de_Colombia es-mx=español_de_Mexico es-ni=español_de_Nicaragua es-ve=español_de_Venezuela et=eesti
eu=Basque fa=فارسی fi=suomi fr=français fy=frysk ga=Gaeilge gd=Gàidhlig gl=galego he=עברית hi=हिंदी hr=Hrvatski
hsb=hornjoserbsce hu=Magyar hy=հայերեն ia=Interlingua id=Bahasa_Indonesia ig=Asụsụ_Ìgbò io=ido is=Íslenska
it=italiano ja=日本語 ka=ქართული kab=taqbaylit kk=Қазақ km=Khmer kn=ಕನ್ನಡ ko=한국어 ky=Кыргызча lb=Lëtzebuergesch
lt=Lietuviškai lv=latviešu mk=Македонски ml=മലയാളം mn=Mongolian mr=मराठी ms=Bahasa_Melayu my=မြန်မာဘာသာ
nb=norsk_(bokmål) ne=नेपाली nl=Nederlands nn=norsk_(nynorsk) no=norsk os=Ирон pa=ਪੰਜਾਬੀ pl=polski pt=Português
pt-br=Português_Brasileiro ro=Română ru=Русский sk=slovensky sl=Slovenščina sq=shqip sr=српски
sr-latn=srpski_(latinica) sv=svenska sw=Kiswahili ta=தமிழ் te=తెలుగు tg=тоҷикӣ th=ภาษาไทย tk=Türkmençe tr=Türkçe
tt=Татарча udm=Удмурт ug=ئۇيغۇرچە uk=Українська ur=اردو uz=oʻzbek_tili vi=Tiếng_Việt zh-hans=简体中文 zh-hant=繁體中文
"""
# Codes that browsers still send, and the language that is meant.
_FALLBACKS = {
    "zh-cn": "zh-hans",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
    "zh-my": "zh-hans",
    "zh-sg": "zh-hans",
    "zh-tw": "zh-hant",
}


def _language_info() -> dict[str, dict[str, Any]]:
    names = {**dict(LANGUAGES), "no": "Norwegian"}
    info: dict[str, dict[str, Any]] = {}
    for entry in _AUTONYMS.split():
        code, _, autonym = entry.partition("=")
        info[code] = {
            "bidi": code in LANGUAGES_BIDI,
            "code": code,
            "name": names.get(code, code),
            "name_local": autonym.replace("_", " "),
        }
    for code, meant in _FALLBACKS.items():
        info[code] = {"fallback": [meant]}
    return info


LANG_INFO: dict[str, dict[str, Any]] = _language_info()
