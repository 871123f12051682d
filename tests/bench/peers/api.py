"""FastAPI and asyncpg under uvicorn (uvloop, httptools, no access log, two workers), the bare duty.

Settings that make it faster and are its own: a pydantic model for the body, answers made without
jsonable_encoder (JSONResponse returned by hand), prepared statements (asyncpg caches them), and a pool
that does not reset a connection between two statements, as nothing here sets anything.
"""
import json
import os

import asyncpg
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel


class Input(BaseModel):
    asset_id: str
    variable_name: str


class Job(BaseModel):
    lease_id: str
    code: str
    inputs: list[Input]


class Connection(asyncpg.Connection):
    def get_reset_query(self):
        return ""


app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


@app.on_event("startup")
async def start():
    width = int(os.environ["PEER_WIDTH"])
    app.state.pool = await asyncpg.create_pool(host=os.environ["PEER_SOCKET"], user="postgres", database="darkroom", min_size=width,
                                               max_size=width, max_inactive_connection_lifetime=0, connection_class=Connection)


@app.post("/api/v1/privacy/execute")
async def submit(job: Job, request: Request):
    body = await request.body()
    number = await app.state.pool.fetchval("INSERT INTO peer.bare (spec) VALUES ($1) RETURNING id", body.decode())
    return JSONResponse({"computation_id": number}, 202)


@app.get("/api/v1/privacy/results/{name}")
async def read(name: str):
    row = await app.state.pool.fetchrow(
        "SELECT status, id AS computation_id, phase, priority, attempt, created_at::text, updated_at::text, started_at::text, "
        "finished_at::text, expires_at::text, exit_code, output_truncated, output FROM peer.result WHERE id = $1", name)
    if row is None:
        return JSONResponse({"error": "no such result"}, 404)
    return Response(json.dumps(dict(row)), media_type="application/json")
