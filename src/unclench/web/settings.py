"""Settings of the web product: safe as they stand, and bent only by the environment.

UNCLENCH_SECRET_KEY   seals the cookies; needed by every worker of a deployment, and the same for all
UNCLENCH_HOSTS        names the service answers to, comma separated (default: this machine only)
UNCLENCH_LOCAL        1 = plain http, for this machine only; `python -m unclench.web` sets it
UNCLENCH_PROXY        1 = a proxy in front ends TLS, and says so in X-Forwarded-Proto
UNCLENCH_STATIC       where `python -m unclench.web` put the static files
UNCLENCH_PSEUDO       1 = offer the pseudo-locales en-xa and ar-xb, for tests
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from csp.constants import NONE, SELF
from django.conf.locale import LANG_INFO

_HERE = Path(__file__).resolve().parent
_LOCAL = os.environ.get("UNCLENCH_LOCAL") == "1"
_STATIC = os.environ.get("UNCLENCH_STATIC", "")
_PSEUDO = os.environ.get("UNCLENCH_PSEUDO") == "1"

DEBUG = False
# Without a key every process makes its own: enough for `check` and tests. `wsgi` refuses to serve without one.
SECRET_KEY = os.environ.get("UNCLENCH_SECRET_KEY") or secrets.token_urlsafe(64)
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("UNCLENCH_OLD_SECRET_KEYS", "").split(",") if key]
ALLOWED_HOSTS = [
    host.strip() for host in os.environ.get("UNCLENCH_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host.strip()
]
ROOT_URLCONF = "unclench.web.urls"
INSTALLED_APPS = ["django.contrib.staticfiles", "csp", "unclench.web.apps.WebConfig"]
DATABASES: dict[str, object] = {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The first two put their headers on whatever the rest answers, errors of the rest included.
MIDDLEWARE = [
    "unclench.web.middleware.keep_private",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "unclench.web.middleware.limit_body",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# Bodies: the greatest form is the page of proposed answers, a few kilobytes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 0
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

# Headers.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
# Not "no-referrer": with it a browser without script posts "Origin: null", and the form check refuses that.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = not _LOCAL
SECURE_HSTS_SECONDS = 0 if _LOCAL else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = not _LOCAL
SECURE_HSTS_PRELOAD = not _LOCAL
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("UNCLENCH_PROXY") == "1" else None
CSRF_COOKIE_NAME = "unclench_form"
CSRF_COOKIE_SECURE = not _LOCAL
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "unclench.web.views.errors.csrf_failure"

# Languages.
USE_I18N = True
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGE_COOKIE_NAME = "unclench_language"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [_HERE / "locale"]
if _PSEUDO:
    LANGUAGES += [("en-xa", "Pseudo"), ("ar-xb", "Pseudo, right to left")]
    for _code, _name in LANGUAGES[1:]:
        LANG_INFO[_code] = {"bidi": _code == "ar-xb", "code": _code, "name": _name, "name_local": _name}

# Static files: names with hashes where `python -m unclench.web` collected them, plain names straight from the
# package otherwise (tests, `check`).
STATIC_URL = "/static/"
STATIC_ROOT = Path(_STATIC) if _STATIC else None
WHITENOISE_USE_FINDERS = not _STATIC
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Logs name the fault and where it is, and nothing that anybody typed.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"private": {"()": "unclench.web.logs.WithoutAnswers"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "private"}},
    "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
LOGGING_CONFIG = "logging.config.dictConfig"
