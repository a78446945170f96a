"""Settings, all from the environment; safe unless the environment says otherwise.

Without DATABASE_URL nothing here works by itself: manage.py and script/server bring servers and keys of their own
(liaison/embedded.py) and pass them on in the environment.
"""

import os
import re
from pathlib import Path

from bootstrap_wrapper import get_bootstrap_dir
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from environs import Env

env = Env()

# openpyxl would rather read by lxml, which python-docx brings along, than by defusedxml, which refuses hostile XML.
os.environ["OPENPYXL_LXML"] = "False"


def required(name: str) -> str:
    """A variable that has no safe default. Raises ImproperlyConfigured with the way out."""
    value = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set: give it in the environment, or use script/server, script/test or manage.py without "
            "DATABASE_URL, which make their own."
        )
    return value


BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", "") or BASE_DIR / "var").resolve()

DEBUG = env.bool("DEBUG", False)
# A demo prints sign-ins and shows the mailbox page; script/server sets it for its own servers.
DEMO = env.bool("DEMO", DEBUG)
HTTPS = env.bool("HTTPS", True)

SECRET_KEY = required("SECRET_KEY")
# The newest key encrypts, all of them decrypt: a key is changed by putting a new one in front.
IDENTITY_KEYS = [key for key in required("IDENTITY_KEYS").split(",") if key]
CODE_KEY = required("CODE_KEY")
# Finds a resident's rows by their phone without opening any.
PHONE_KEY = required("PHONE_KEY")
_KEYS = [SECRET_KEY, CODE_KEY, PHONE_KEY, *IDENTITY_KEYS]
if not IDENTITY_KEYS or len(set(_KEYS)) < len(_KEYS):
    raise ImproperlyConfigured(
        "SECRET_KEY, IDENTITY_KEYS, CODE_KEY and PHONE_KEY must all be set and differ from each other."
    )

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [])
SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "crispy_forms",
    "crispy_bootstrap5",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "portal",
    "custody",
    "insights",
    "petitions",
    "programmes",
    "deputies",
    "supervision",
    "notices",
    "papers",
    "vault",
    "accounts",
    "workdays",
    "stations",
]

MIDDLEWARE = [
    "liaison.middleware.name_requests",
    "liaison.metrics.measure_requests",
    "liaison.middleware.behind_proxy",
    "django.middleware.security.SecurityMiddleware",
    "liaison.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "liaison.middleware.keep_private_pages_out_of_caches",
    "liaison.middleware.refuse_zero_bytes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.hold_until_complete",
    "accounts.middleware.note_use",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "liaison.middleware.refuse_oversized_requests",
]

ROOT_URLCONF = "liaison.urls"
WSGI_APPLICATION = "liaison.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notices.context.unread",
                "portal.navigation.navigation",
            ],
            "builtins": ["portal.templatetags.signs"],
        },
    },
]

# Database

required("DATABASE_URL")
DATABASES = {"default": env.dj_db_url("DATABASE_URL", conn_max_age=60, conn_health_checks=True)}
_OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
_OPTIONS.setdefault("connect_timeout", 5)
# Behind a pooler that hands out connections by transaction nothing may outlast one, nor be asked for on connecting.
POOLED = DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = env.bool("DATABASE_POOLED", False)
# A page or a sweep that hangs must let go; commands started by hand may take their time.
if env.bool("DATABASE_TIMEOUTS", True) and not POOLED:
    _OPTIONS.setdefault(
        "options", "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache and broker: one server, two of its databases

REDIS_URL = required("REDIS_URL")
_SOCKET = re.fullmatch(r"unix://(?:[^/@]*@)?(/[^?]+)(?:\?.*)?", REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "liaison",
        # A page does not wait longer for what it can do without.
        "OPTIONS": {"db": 1, "socket_timeout": 0.5},
    }
}

# Accounts and sessions

AUTH_USER_MODEL = "accounts.User"
# The first says whose a session is, the second whether a password is right.
AUTHENTICATION_BACKENDS = ["accounts.backends.SignedIn", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "portal:desk"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.UnlikeTheUser"},
    {"NAME": "accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "accounts.passwords.Uncommon"},
]
SESSION_ENGINE = "accounts.sessions"
# A working day; a browser that stays open overnight has to sign in again.
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "sid"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS

# Whoever signs in sets up a second factor before anything else; only a demo does without.
SECOND_FACTOR_DEMANDED = env.bool("SECOND_FACTOR_DEMANDED", not DEMO)

# The government's single sign-on (OpenID Connect); there is none where OIDC_ISSUER is empty.
OIDC_ISSUER = env.str("OIDC_ISSUER", "")
OIDC_CLIENT_ID = required("OIDC_CLIENT_ID") if OIDC_ISSUER else ""
OIDC_CLIENT_SECRET = required("OIDC_CLIENT_SECRET") if OIDC_ISSUER else ""
OIDC_NAME = env.str("OIDC_NAME", "统一身份认证")
# The claim of the ID token that holds our user names; without one, people are bound by themselves or an administrator.
OIDC_USERNAME_CLAIM = env.str("OIDC_USERNAME_CLAIM", "")
# Whether it asks for a second factor itself, so that ours need not.
OIDC_SECOND_FACTOR_TRUSTED = env.bool("OIDC_SECOND_FACTOR_TRUSTED", False)
if OIDC_ISSUER and HTTPS and not OIDC_ISSUER.startswith("https://"):
    raise ImproperlyConfigured("OIDC_ISSUER must begin with https://.")

# Transport

SECURE_SSL_REDIRECT = HTTPS
# What watches a container comes from the inside, without the proxy.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Preloading binds a whole registered domain, which a portal below somebody's gov.cn name cannot promise.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Only when every request passes our proxy: anybody else could forge these headers.
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None

# Uploads: files stream to disk, so that a photo of 50 MB reaches the form and gets the form's sentence.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# The form takes 6 photos of 10 MB; what is larger than this is not read at all.
REQUEST_MAX_BYTES = 75_000_000
DATA_UPLOAD_MAX_NUMBER_FILES = 12
FILE_UPLOAD_PERMISSIONS = 0o600

# Language and time

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# Files

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap", get_bootstrap_dir())]
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Forms and API

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
REST_FRAMEWORK = {
    # A program's token first: it names how to sign in (401), and with it no cookie counts.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttles.ApiThrottle"],
    "DEFAULT_SCHEMA_CLASS": "liaison.schema.ApiSchema",
    # The browsable pages need inline scripts, which the content security policy forbids.
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "liaison.problems.problem",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "代表联络站 API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": "公众可以查询联络站、代表、接待日、统计和公开的办理结果；群众可以提交、跟踪和评价意见；"
    "工作人员的程序凭令牌办理。不能办的请求一律以 application/problem+json 答复，附一句中文说明。",
    "SCHEMA_PATH_PREFIX": r"/api/v1/",
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {"GradeEnum": "petitions.models.Rating.Grade"},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "liaison.schema.declare_problems",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    # Served from the package, as nothing comes from another site.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# E-mail: in a demo without a server every message becomes a file that the mailbox page shows.

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", "代表联络站 <noreply@localhost>")
EMAIL_FILE_PATH = VAR_DIR / "mail"
if DEMO and not env.str("EMAIL_URL", ""):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
else:
    _EMAIL = env.dj_email_url("EMAIL_URL", "smtp://localhost:25")
    EMAIL_BACKEND = _EMAIL["EMAIL_BACKEND"]
    EMAIL_HOST = _EMAIL["EMAIL_HOST"]
    EMAIL_PORT = _EMAIL["EMAIL_PORT"]
    EMAIL_HOST_USER = _EMAIL["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _EMAIL["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _EMAIL["EMAIL_USE_TLS"]
    EMAIL_USE_SSL = _EMAIL["EMAIL_USE_SSL"]
    EMAIL_TIMEOUT = 15

# Whom residents reach about their personal data, as the privacy notice says it.
PRIVACY_CONTACT = env.str("PRIVACY_CONTACT", "")

# What case numbers begin with, such as XD-20261124-00042.
NUMBER_PREFIX = env.str("NUMBER_PREFIX", "XD")
# Where notices look up the address of a resident, and what makes an organ's one-time link while a message is sent.
NOTICES_ADDRESS_BOOK = "vault.services.address_of"
NOTICES_LINK_MAKER = "supervision.links.link_to"

# Channels out of the house in the office's order of preference; a message goes by the first that reaches its recipient.

NOTICES_CHANNELS = env.list("NOTICES_CHANNELS", ["email"])


def of_channel(channel: str, name: str) -> str:
    """A variable that is asked for where the channel is used."""
    return required(name) if channel in NOTICES_CHANNELS else ""


SMS_URL, SMS_TOKEN = of_channel("sms", "SMS_URL"), of_channel("sms", "SMS_TOKEN")
WECHAT_URL = env.str("WECHAT_URL", "https://api.weixin.qq.com").rstrip("/")
WECHAT_APP_ID = of_channel("wechat", "WECHAT_APP_ID")
WECHAT_SECRET = of_channel("wechat", "WECHAT_SECRET")
WECHAT_TEMPLATE = of_channel("wechat", "WECHAT_TEMPLATE")

# Hosts within the house that webhooks may lead to, though their addresses are private.
WEBHOOK_PRIVATE_HOSTS = env.list("WEBHOOK_PRIVATE_HOSTS", [])

# Celery: a doorbell. Tasks are sweeps that may be lost or run twice; what they work on is in the database.

CELERY_BROKER_URL = f"redis+socket://{_SOCKET[1]}" if _SOCKET else REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 30,
    "max_retries": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A request that rings the bell waits a fraction of a second at most.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "liaison.beat:Beat"
CELERY_BEAT_SCHEDULE = {
    "supervision-sweep": {"task": "supervision.tasks.sweep", "schedule": 60, "options": {"expires": 55}},
    "petitions-sweep": {"task": "petitions.tasks.sweep", "schedule": 60, "options": {"expires": 55}},
    "petitions-programs": {"task": "petitions.tasks.tell_programs", "schedule": 60, "options": {"expires": 55}},
    "petitions-phone-codes": {"task": "petitions.tasks.send_codes", "schedule": 60, "options": {"expires": 55}},
    "programmes-sweep": {"task": "programmes.tasks.sweep", "schedule": 60, "options": {"expires": 55}},
    "deputies-sweep": {"task": "deputies.tasks.sweep", "schedule": 60, "options": {"expires": 55}},
    "deputies-posters": {"task": "deputies.tasks.work_off_posters", "schedule": 60, "options": {"expires": 55}},
    "insights-ledgers": {"task": "insights.tasks.work_off_ledgers", "schedule": 60, "options": {"expires": 55}},
    "insights-sweep": {"task": "insights.tasks.sweep", "schedule": 60, "options": {"expires": 55}},
    # 03:30 in Beijing.
    "insights-count-all": {"task": "insights.tasks.count_all_soon", "schedule": crontab(hour=19, minute=30)},
    # Seven minutes past each hour, when no office's own work begins.
    "custody-seal": {"task": "custody.tasks.seal", "schedule": crontab(minute=7), "options": {"expires": 3000}},
    "notices-accounts": {"task": "notices.tasks.tell_of_account_changes", "schedule": 60, "options": {"expires": 55}},
    "notices-deliver": {"task": "notices.tasks.deliver", "schedule": 60, "options": {"expires": 55}},
    "vault-answers": {"task": "vault.tasks.purge_answers", "schedule": 3600, "options": {"expires": 3500}},
    "accounts-purge": {"task": "accounts.tasks.purge_attempts", "schedule": 3600, "options": {"expires": 3500}},
    "accounts-sign-ins": {"task": "accounts.tasks.purge_sign_ins", "schedule": 3600, "options": {"expires": 3500}},
    "accounts-close": {"task": "accounts.tasks.close_accounts", "schedule": 600, "options": {"expires": 550}},
}

# Who may read /metrics; nobody where it is empty.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
# Personal data is removed by age only where the office has checked its terms and switched it on: 02:30 in Beijing.
if env.bool("RETENTION_NIGHTLY", False):
    CELERY_BEAT_SCHEDULE["portal-retain"] = {
        "task": "portal.tasks.retain",
        "schedule": crontab(hour=18, minute=30),
        "options": {"expires": 3600},
    }

# Error reports name the place, never the values; nobody is mailed any.
DEFAULT_EXCEPTION_REPORTER_FILTER = "liaison.redaction.NothingTyped"

# Logs: one line a record, no request bodies, no query strings

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "liaison.logs.OneLine", "format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"},
        "json": {"()": "liaison.logs.JsonLine"},
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            # One JSON object a line, or a line for people: LOG_FORMAT is json or line.
            "formatter": env.str("LOG_FORMAT", "json"),
        },
    },
    "root": {"handlers": ["stdout"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        # Warns of every HEAD request, whose body Django leaves to the server to drop.
        "gunicorn.http.wsgi": {"level": "ERROR"},
    },
}
