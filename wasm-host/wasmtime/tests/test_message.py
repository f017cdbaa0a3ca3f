import pytest

from martlet_host.message import MalformedResponse, parse_response, request_message


def test_a_request_is_exact():
    message = request_message("POST", b"/events?x=%20", [(b"cookie", b"a=\xe9")], b"\r\n\r\n{}")
    assert message == b"POST /events?x=%20 HTTP/1.1\r\ncookie: a=\xe9\r\ncontent-length: 6\r\n\r\n\r\n\r\n{}"


def test_a_response_keeps_repeated_headers_and_every_byte_of_the_body():
    message = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX:\r\n\r\nbody\r\n\r\nmore"
    response = parse_response(message)
    assert response.status == 200
    assert response.headers == [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"x", b"")]
    assert response.body == b"body\r\n\r\nmore"


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n",
        b"HTTP/1.1 999 No\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad name: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: a\nb: c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nfour",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
    ],
)
def test_what_is_no_response(message):
    with pytest.raises(MalformedResponse):
        parse_response(message)
