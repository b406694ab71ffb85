#!/usr/bin/env python3
"""many_records.py - 400 connections over which 61 requests go each: more than
100,000 records, for a report that has to cope with them."""
import socket

CONNECTIONS, REQUESTS = 400, 61

server = socket.create_server(("127.0.0.1", 0), backlog=500)
pairs = []
for _ in range(CONNECTIONS):
    client = socket.create_connection(server.getsockname())
    pairs.append((client, server.accept()[0]))
for i in range(REQUESTS):
    for client, peer in pairs:
        client.sendall(b"GET /%d HTTP/1.0\r\n\r\n" % i)
        peer.recv(100)
        peer.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        client.recv(100)
for client, peer in pairs:
    client.close()
    peer.close()
