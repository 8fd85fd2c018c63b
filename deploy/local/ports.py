"""Ports of the loopback interface: which are free, who answers."""

from __future__ import annotations

import asyncio
import socket

import psutil

LOOPBACK = "127.0.0.1"
TRIES = 50


def free_port(usual: int) -> int:
    """The usual port, or the next free one above it, or any free one."""
    for port in range(usual, min(usual + TRIES, 65536)):
        if is_free(port):
            return port
    return any_port()


def any_port() -> int:
    """A free port far from the usual ones, so that two who look at once do not meet again."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether nobody listens on the port."""
    with socket.socket() as caller:
        # Some systems let two programs listen on one port, one of them on all interfaces: so ask first.
        caller.settimeout(1.0)
        if caller.connect_ex((LOOPBACK, port)) == 0:
            return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def listens(pid: int, port: int) -> bool:
    """Whether this very process, and not another that was faster, listens on the port."""
    try:
        connections = psutil.Process(pid).net_connections("tcp")
    except psutil.Error:
        return False
    return any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in connections)


async def answers_ok(host: str, port: int, path: str) -> bool:
    """Whether a GET is answered with 200."""
    try:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        status = await asyncio.wait_for(reader.readline(), timeout=5)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return b" 200 " in status
