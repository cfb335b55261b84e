"""What people do with their account."""

from genresite.accounts.services.tokens import create_token, find_token, has_token_named, revoke_token

__all__ = ["create_token", "find_token", "has_token_named", "revoke_token"]
