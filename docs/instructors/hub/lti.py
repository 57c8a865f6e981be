"""Login from a learning platform by LTI 1.3: a part of jupyterhub_config.py.

Needs pip install jupyterhub-ltiauthenticator in the hub's environment. The platform's
administrator enters the hub's addresses, https://HUB/hub/lti13/config has them, and
gives an issuer, a client id and two addresses. A name is an address of e-mail here, as
the roster's column login has it; the hub, not a student, says it.
"""

c = get_config()  # noqa: F821

PLATFORM = "https://lms.example.org"

c.JupyterHub.authenticator_class = "ltiauthenticator.lti13.auth.LTI13Authenticator"
c.LTI13Authenticator.issuer = PLATFORM
c.LTI13Authenticator.client_id = ["the-client-id"]
c.LTI13Authenticator.authorize_url = f"{PLATFORM}/mod/lti/auth.php"
c.LTI13Authenticator.jwks_endpoint = f"{PLATFORM}/mod/lti/certs.php"
c.LTI13Authenticator.uri_scheme = "https"
c.LTI13Authenticator.username_key = "email"
c.Authenticator.allow_all = True
c.JupyterHub.tornado_settings = {
    "headers": {"Content-Security-Policy": f"frame-ancestors 'self' {PLATFORM}"}
}
