"""A person's account in the REST API: who I am, tokens, everything kept about me, and the way out."""

from typing import cast

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from genresite.accounts.downloads import send_account_data
from genresite.accounts.models import ApiToken, User
from genresite.accounts.serializers import (
    AccountSerializer,
    ApiTokenRequestSerializer,
    ApiTokenSerializer,
    NewApiTokenSerializer,
    PasswordSerializer,
)
from genresite.accounts.services import create_token, find_token, revoke_token
from genresite.accounts.services.deletion import delete_account
from genresite.api import NewestFirstPagination
from genresite.api_schema import refusals
from genresite.idempotency.decorators import idempotent

TOKEN_EXAMPLE = OpenApiExample(
    "For a report",
    value={"name": "Monthly report", "lifetime_days": 365, "read_only": True},
    request_only=True,
)


class Account(generics.GenericAPIView[User]):
    """The caller's own account."""

    serializer_class = AccountSerializer

    @extend_schema(summary="Read your account", responses=AccountSerializer)
    def get(self, request: Request) -> Response:
        """Who you are here, and what you may do."""
        return Response(self.get_serializer(request.user).data)

    @extend_schema(
        summary="Delete your account",
        request=PasswordSerializer,
        responses={204: None, **refusals(409)},
        operation_id="account_delete",
    )
    def delete(self, request: Request) -> Response:
        """Delete your account and everything of yours, for good.

        Genres of films that you gave or that were accepted stay in the catalogue, without your name.
        """
        given = PasswordSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        delete_account(user=cast(User, request.user), **given.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AccountData(generics.GenericAPIView[User]):
    """Everything that the site keeps about the caller."""

    @extend_schema(summary="Download your data", responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> FileResponse:
        """A ZIP: `account.json`, one file of JSON lines a kind of thing, and your pictures."""
        return send_account_data(cast(User, request.user))


class NewestTokensPagination(NewestFirstPagination):
    """Tokens have no number: their time of making orders them."""

    ordering = ("-created", "-digest")


class TokenScope(generics.GenericAPIView[ApiToken]):
    """The caller's tokens; nobody sees anybody else's."""

    serializer_class = ApiTokenSerializer
    pagination_class = NewestTokensPagination
    filter_backends = ()
    queryset = ApiToken.objects.none()

    def get_queryset(self) -> QuerySet[ApiToken]:
        """One's own."""
        mine: QuerySet[ApiToken] = ApiToken.objects.filter(user_id=self.request.user.pk)
        return mine


class TokenList(TokenScope):
    """All of one's tokens, and the place to make one."""

    @extend_schema(summary="List your tokens", responses=ApiTokenSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Your API tokens without the tokens themselves, the latest first."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="Make a token",
        request=ApiTokenRequestSerializer,
        responses={201: NewApiTokenSerializer, **refusals(409)},
        examples=[TOKEN_EXAMPLE],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a token. The answer is the only place where `token` can be seen."""
        wish = ApiTokenRequestSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        row, token = create_token(user=cast(User, request.user), **wish.as_wish())
        return Response({**ApiTokenSerializer(row).data, "token": token}, status=status.HTTP_201_CREATED)


class TokenDetail(TokenScope):
    """One token."""

    @extend_schema(summary="Read a token", responses=ApiTokenSerializer)
    def get(self, request: Request, token_key: str) -> Response:
        """A token's name, rights, end and last use."""
        row = find_token(user=cast(User, request.user), token_key=token_key)
        return Response(self.get_serializer(row).data)

    @extend_schema(summary="Revoke a token", responses={204: None})
    def delete(self, request: Request, token_key: str) -> Response:
        """Revoke a token: programs that use it are refused from now on."""
        revoke_token(user=cast(User, request.user), token_key=token_key)
        return Response(status=status.HTTP_204_NO_CONTENT)
