from __future__ import annotations
import json
from datetime import timedelta
import httpx2
import pytest
from api.app import create_app
from api.services import Services
from api.tokens import Tokens
from activities.adapters.document_folder import DocumentFolder
from activities.readmodels.context import Context
from activities.readmodels.reads import Reads
from workflows.desk import ProposalDesk
from tests.support.people import *
from tests.support.story import Office

class NoPoke:
    async def poke(self, *a): pass

@pytest.fixture
async def web(parts):
    office = Office(parts)
    await office.settle_in()
    async def yes(): return True
    services = Services(ProposalDesk(parts.ledger, NoPoke(), parts.outbox), Reads(parts.reads, parts.keys, Context(parts.rulebook, parts.calendar)),
        DocumentFolder(parts.settings.documents_dir), Tokens.of(parts.settings), parts.calendar, parts.settings, yes)
    app = create_app(services)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
        client.services = services
        yield client

n = 0
def h(web, who, version=None, key=None, **more):
    global n
    n += 1
    tok = web.services.tokens.issue(who, AGENCY, timedelta(hours=1))
    x = {"Authorization": f"Bearer {tok}", "Idempotency-Key": key or f"scratch-{n:04d}", **more}
    if version: x["If-Match"] = f'"{version}"'
    return x

def show(r):
    print(r.request.method, r.request.url.path, r.status_code, {k: v for k, v in r.headers.items() if k in ("etag", "location", "link", "content-type","idempotency-replayed")})
    try: print(json.dumps(r.json(), indent=1, ensure_ascii=False)[:2500])
    except Exception: print(r.content[:100])

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"

async def test_walk(web):
    B = "/api/v1"
    show(await web.get("/readyz"))
    show(await web.get(B + "/me", headers=h(web, HEAD)))
    r = await web.post(B + "/register/search", headers=h(web, HEAD), json={"name": "abc"}); show(r)
    body = {"asked": {"matter": "promotion", "subject": STAFF}, "reason": "Layak"}
    r = await web.post(B + "/proposals", headers=h(web, HEAD, key="create-1"), json=body); show(r)
    r = await web.post(B + "/proposals", headers=h(web, HEAD, key="create-1"), json=body); show(r)
    r = await web.post(B + "/proposals", headers=h(web, HEAD), json=body); show(r)
    pid = (await web.get(B + "/proposals", headers=h(web, STAFF))).json()["items"][0]["proposal_id"]
    U = f"{B}/proposals/{pid}"
    for who in (HEAD, VERIFIER, OTHER_HEAD, STAFF, CHIEF):
        r = await web.get(U, headers=h(web, who)); print(r.status_code)
    show(await web.get(U, headers=h(web, HEAD)))
    show(await web.get(U + "/actions", headers=h(web, HEAD)))
    v = 1
    show(await web.post(U + "/submission", headers=h(web, HEAD, v), json={}))
    for d in ("SK_PANGKAT", "SKP_1", "SKP_2"):
        r = await web.put(U + "/documents/" + d, headers=h(web, HEAD, v, **{"Content-Type": "application/pdf"}), content=PDF + d.encode()); show(r)
        v = r.json()["version"]
    show(await web.get(U + "/documents/SKP_1", headers=h(web, STAFF)))
    r = await web.post(U + "/submission", headers=h(web, HEAD, v), json={"note": "Mohon diproses"}); show(r)
    v = r.json()["version"]
    show(await web.get(B + "/inbox", headers=h(web, CHIEF)))
    show(await web.get(U + "/actions", headers=h(web, CHIEF, **{"Accept-Language": "en"})))
    b = {"step": "PENGANTAR_OPD", "round": 1, "note": "Setuju"}
    show(await web.post(U + "/approval", headers=h(web, CHIEF), json=b))
    r = await web.post(U + "/approval", headers=h(web, CHIEF, v), json=b); show(r)
    show(await web.post(U + "/approval", headers=h(web, CHIEF, v), json=b))
    show(await web.post(U + "/approval", headers=h(web, CHIEF, v, **{"Accept-Language": "en"}), json=b))
    show(await web.post(U + "/approval", headers=h(web, VERIFIER, v), json={**b, "step": "VERIF"}))
    show(await web.get(U + "/timeline", headers=h(web, STAFF)))
    show(await web.get(f"{B}/register/{STAFF}", headers=h(web, HEAD)))
    show(await web.get(f"{B}/register/{STAFF}?as_of=2019-01-01&as_at=3", headers=h(web, HEAD)))
    show(await web.get(f"{B}/stalled", headers=h(web, HEAD)))
    show(await web.get(f"{B}/stalled", headers=h(web, ADMIN)))
    show(await web.get(f"{B}/receipts/create-1", headers=h(web, HEAD)))
    show(await web.get(f"{B}/receipts/create-1", headers=h(web, STAFF)))
    show(await web.get(f"{B}/proposals?limit=1", headers=h(web, STAFF)))
    assert 1

def move(frm, subject, to):
    return {"subject": subject, "from_post": f"unit/{frm}", "to_post": f"unit/{to}", "to_unit": to, "to_name": f"Kepala {to}", "to_kind": "structural", "to_eselon": "41", "to_class": 9}

async def test_rotation(web):
    B = "/api/v1"
    from sqlalchemy import text
    body = {"asked": {"matter": "rotation", "moves": [move("SEKSI-A1", HEAD, "SEKSI-B1"), move("SEKSI-B1", OTHER_HEAD, "SEKSI-A1")], "target_tmt": "2027-02-01"}}
    r = await web.post(B + "/proposals", headers=h(web, VERIFIER), json=body); show(r)
    async with web.services.reads.engine.connect() as c:
        print((await c.execute(text("select type, octet_length(entry) from events order by position desc limit 3"))).all())
    big = {"asked": {**body["asked"], "moves": body["asked"]["moves"]*15, "target_tmt": "2027-03-01"}}
    r = await web.post(B + "/proposals", headers=h(web, VERIFIER), json=big); show(r)
    import time
    for path in ("/me", "/inbox", "/proposals", "/proposals/MT-2026-002001", "/proposals/MT-2026-002001/actions", "/proposals/MT-2026-002001/timeline"):
        hh = h(web, VERIFIER)
        t = time.perf_counter()
        for _ in range(20): r = await web.get(B + path, headers=hh)
        print(path, r.status_code, round((time.perf_counter() - t) / 20 * 1000, 1), "ms")
    t = time.perf_counter()
    for _ in range(5): r = await web.get("/readyz")
    print("readyz", round((time.perf_counter() - t) / 5 * 1000, 1), "ms")
    for bad, kw in [("malformed", dict(content=b'{"a":1,"a":2}', headers={"Content-Type": "application/json"})), ("nan", dict(content=b'{"a":NaN}', headers={"Content-Type": "application/json"})),
        ("text", dict(content=b'{}', headers={"Content-Type": "text/plain"})), ("big", dict(content=b'{"reason":"' + b"x"*200000 + b'"}', headers={"Content-Type": "application/json"})), ("empty", {}),
        ("extra", dict(json={"asked": {"matter": "promotion", "subject": "x", "199001012020011001": 1}, "status": "approved"}))]:
        hh = {**h(web, HEAD), **kw.pop("headers", {})}
        print(bad); show(await web.post(B + "/proposals", headers=hh, **kw))
    print("chunked");
    async def gen():
        for _ in range(10): yield b"x" * 50000
    show(await web.post(B + "/proposals", headers={**h(web, HEAD), "Content-Type": "application/json"}, content=gen()))
    show(await web.get("/api/v1/nothing"))
    show(await web.delete("/api/v1/proposals"))
    show(await web.get("/api/v1/proposals"))
    show(await web.get("/api/v1/proposals/", headers=h(web, HEAD)))
    show(await web.get("/api/v1/proposals?limit=999&after=x", headers=h(web, HEAD)))
    show(await web.get("/api/v1/proposals?after=x", headers=h(web, HEAD)))
    show(await web.get("/api/v1/proposals/xyz%00", headers=h(web, HEAD)))
    assert 1
