"""The API's own description (OpenAPI 3.1): what drf-spectacular cannot read off the views."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

PROBLEM = {
    "type": "object",
    "description": "RFC 9457: what was wrong, in Chinese (detail) and in English (detail_en).",
    "required": ["type", "title", "status", "detail", "detail_en"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "detail_en": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "Sentences by field.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "example": {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "提交的内容有误，请按提示修改。",
        "detail_en": "What was sent has faults; see errors.",
        "errors": {"phone": ["手机号应为11位数字，您填了9位。"]},
    },
}
READING = {
    "400": "What the address asks for has faults; see errors.",
    "404": "There is nothing here that the caller may see.",
    "429": "Too many requests; Retry-After says in how many seconds to try again.",
}
WRITING = {
    "409": "The action cannot be taken now, or the first request of this Idempotency-Key is under way.",
    "415": "Something else than JSON was sent.",
    "422": "The Idempotency-Key was used for another request.",
}
SIGNED_IN = {"401": "A token is missing, unknown, past its day or revoked.", "403": "The caller may not do this."}


class ApiSchema(AutoSchema):
    """Takes what a list can be narrowed by from the view's ``query_serializer``."""

    def get_override_parameters(self):
        narrowed = getattr(self.view, "query_serializer", None)
        listed = getattr(self.view, "action", "list") == "list"
        return [narrowed] if narrowed and listed else []


class TokenScheme(OpenApiAuthenticationExtension):
    """How programs sign in."""

    target_class = "accounts.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "A token made at /accounts/tokens/."}


def declare_problems(result, generator, request, public):
    """Every refusal is application/problem+json; which ones there are follows from what an operation takes."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for path in result["paths"].values():
        for operation in path.values():
            for status, about in _refusals(operation).items():
                operation["responses"].setdefault(status, _refusal(about))
    return result


def _refusals(operation):
    return READING | (WRITING if "requestBody" in operation else {}) | (SIGNED_IN if any(operation["security"]) else {})


def _refusal(about):
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": about, "content": {"application/problem+json": {"schema": schema}}}
