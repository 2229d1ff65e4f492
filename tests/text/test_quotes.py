from fedinote.text.quotes import with_fallback, without_fallback

URL = "https://far.example/notes/1?a=1&b=2"


def test_the_line_is_put_before_a_text_that_has_no_link_to_the_quoted_post():
    link = "https://far.example/notes/1?a=1&amp;b=2"
    assert (
        with_fallback("<p>look</p>", URL) == f'<p class="quote-inline">RE: <a href="{link}">{link}</a></p><p>look</p>'
    )


def test_a_text_with_a_link_is_left_as_it_is():
    for text in ('<a href="https://far.example/notes/1?a=1&amp;b=2">this</a>', "<p>https://far.example/@a/1</p>"):
        assert with_fallback(text, URL, ("https://far.example/@a/1",)) == text


def test_what_is_put_in_is_left_out_again():
    assert without_fallback(with_fallback("<p>look</p>", URL)) == "<p>look</p>"


def test_the_line_is_left_out_in_all_its_forms():
    link = '<a href="x"><span class="invisible">https://</span><span>far.example</span></a>'
    forms = {
        f'<p>look<span class="quote-inline"><br><br>RE: {link}</span></p>': "<p>look</p>",
        f'<p>look</p><p class="quote-inline">RE: {link}</p>': "<p>look</p>",
        f'<p><span class="u-url quote-inline">RE: {link}</span></p><p>a</p>': "<p>a</p>",
        f'<p><span class="quote-inline">RE: {link}</span>b<span>c</span></p>': "<p>b<span>c</span></p>",
    }
    for text, rest in forms.items():
        assert without_fallback(text) == rest


def test_a_text_that_only_speaks_of_it_is_left_as_it_is():
    text = "<p>the class quote-inline, and RE: something</p>"
    assert without_fallback(text) == text


def test_many_lines_are_left_out_in_linear_time():
    assert without_fallback('<span class="quote-inline">' * 20_000) == ""
    assert without_fallback('<p class="quote-inline">RE: x</p>' * 20_000) == ""
