"""The peer on PostgreSQL: what a careful service in FastAPI and asyncpg does for the same request.

One validated merge patch, one token to compare, one UPDATE of one row in a transaction of its own, and the record as
answer. It keeps no history. DATABASE_URL names the database.
"""

import hmac
import os
from contextlib import asynccontextmanager

import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=16, max_size=32) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


class Address(BaseModel):
    model_config = ConfigDict(extra="forbid")
    postal_code: str = Field(max_length=20)
    country: str = Field(min_length=2, max_length=2)


class Patch(BaseModel):
    model_config = ConfigDict(extra="forbid")
    first_name: str = Field(max_length=100)
    emails: list[str] = Field(max_length=10)
    address: Address


def signed_in(request: Request) -> None:
    token = request.headers.get("authorization", "")
    if not hmac.compare_digest(token, "Bearer demo-admin-token"):
        raise HTTPException(401)


UPDATE = """
    UPDATE customer SET first_name = $2, emails = $3, postal_code = $4, country = $5, version = version + 1,
        updated_at = now()
    WHERE id = $1
    RETURNING id, version, first_name, emails, postal_code, country, note, updated_at
"""


@app.patch("/v1/customers/{id}", dependencies=[Depends(signed_in)])
async def patch(id: int, patch: Patch, request: Request) -> dict:
    address = patch.address
    row = await request.app.state.pool.fetchrow(
        UPDATE, id, patch.first_name, patch.emails, address.postal_code, address.country
    )
    if row is None:
        raise HTTPException(404)
    return dict(row)
