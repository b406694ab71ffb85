"""processes.py - what Python does with sockets and processes: asyncio with a
server, a client and a child; subprocess; a descriptor passed over fork;
multiprocessing."""
import asyncio
import multiprocessing
import os
import socket
import subprocess


async def echo(reader, writer):
    writer.write(await reader.read(5))
    await writer.drain()
    writer.close()


async def conversation():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    writer.write(b"hello")
    assert await reader.read() == b"hello"
    writer.close()
    server.close()
    child = await asyncio.create_subprocess_exec("cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert await child.communicate(b"x") == (b"x", None)


def passed_over_fork():
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        socket.send_fds(theirs, [b"x"], [theirs.fileno()])
        os._exit(0)
    text, descriptors, _, _ = socket.recv_fds(ours, 10, 3)
    assert text == b"x" and len(descriptors) == 1
    os.close(descriptors[0])
    os.wait()


def answer(connection):
    connection.send(connection.recv() + 1)
    connection.close()


def in_another_process():
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=answer, args=(theirs,))
    process.start()
    ours.send(3)
    assert ours.recv() == 4
    process.join()


asyncio.run(conversation())
for _ in range(5):
    subprocess.run(["true"], check=True)
passed_over_fork()
in_another_process()
