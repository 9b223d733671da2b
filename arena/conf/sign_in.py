"""How people sign in: what an operator may set of it, and what django-allauth reads. `arena.settings` takes all of it.

Decisions that need a request are in `arena.people.adapter`. Counting of wrong tries is ours, in
`arena.people.lock_out`, because allauth would count in the cache of one process.
"""

from typing import Any

from arena.conf.options import address, env, option

# What an operator may set
SIGN_IN_DOMAINS = option(
    "ARENA_SIGN_IN_DOMAINS",
    env.list,
    default=[],
    help="Domains of e-mail addresses whose holders may make an account themselves, such as example.org",
)
SECOND_FACTOR = option(
    "ARENA_SECOND_FACTOR",
    env.str,
    default="off",
    help="Who needs a code of an app besides: off (whoever wants), staff (who opens the console) or all",
)
OIDC_URL = option(
    "ARENA_OIDC_URL", env.str, default="", help="Address of your OpenID Connect provider, or of its discovery document"
)
OIDC_CLIENT = option("ARENA_OIDC_CLIENT", env.str, default="", help="The client's name at that provider")
OIDC_SECRET = option("ARENA_OIDC_SECRET", env.str, default="", help="The client's secret at that provider")
OIDC_NAME = option("ARENA_OIDC_NAME", env.str, default="SSO", help="What the button to that provider says")
OIDC_GROUPS = option(
    "ARENA_OIDC_GROUPS", env.str, default="groups", help="The claim in which that provider names a person's groups"
)
IDENTITY_HEADER = option(
    "ARENA_IDENTITY_HEADER",
    env.str,
    default="",
    help="The header in which a proxy of ARENA_TRUSTED_PROXIES names who is signed in, such as X-Forwarded-User",
)
SMTP_URL = address(
    "ARENA_SMTP_URL",
    schemes=("smtp", "smtps", "smtp+tls", "smtp+ssl"),
    help="smtp+tls://user:password@host:587, which sends e-mail; empty: the log shows it",
)
DEFAULT_FROM_EMAIL = option(
    "ARENA_MAIL_FROM", env.str, default="arena@localhost", help="The address from which e-mail is sent"
)

# Django's own
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "account_login"
# One door: it finds accounts by name or by e-mail, and every password passes the count of wrong tries before it.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
_MAIL: dict[str, Any] = env.email_url_config(SMTP_URL) if SMTP_URL else {}
EMAIL_BACKEND = _MAIL.get("EMAIL_BACKEND", "arena.people.mail.LoggedMail")
EMAIL_HOST, EMAIL_PORT = _MAIL.get("EMAIL_HOST") or "localhost", _MAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_USER") or "", _MAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_TLS", False), _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10

# allauth
SIGN_IN_APPS = [
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]
ACCOUNT_ADAPTER = "arena.people.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "request_login_code": "arena.people.sign_in_forms.AskForCodeForm",
    "confirm_login_code": "arena.people.sign_in_forms.CodeForm",
    "confirm_email_verification_code": "arena.people.sign_in_forms.EmailCodeForm",
    "confirm_reauthentication_code": "arena.people.sign_in_forms.CodeForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Who asks with an address that has no account gets no mail: whoever reaches the page could send it to anybody.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "arena.people.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "arena.people.sign_in_forms.SecondFactorForm",
    "reauthenticate": "arena.people.sign_in_forms.SecondFactorAgainForm",
}
# An account that an owner made may have no address at all.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "arena.people.adapter.ProviderAdapter"
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = "oidc"
# By a link: with a strict policy for pages no form may end at another host. What comes back has to know the state.
SOCIALACCOUNT_LOGIN_ON_GET = True
# The operator chose the provider: who proves an address there is who has it here.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
