//! Every code point through each format, read back by a strict reader of it.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use pulldown_cmark::{Event, Options, Parser, Tag};
use resvg::usvg::roxmltree::Document;

use super::*;

/// All there are, so many in a piece as one document holds.
fn pieces() -> Vec<Vec<char>> {
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    all.chunks(20_000).map(<[char]>::to_vec).collect()
}

/// Two letters of ASCII beside each other, all there are: what is markup is made of these.
fn pairs() -> Vec<String> {
    let ascii = || (0..128_u8).map(char::from);
    ascii().flat_map(|a| ascii().map(move |b| format!("{a}{b} x{a}{b}y {b}{a}1 {b}"))).collect()
}

fn around(c: char) -> String {
    format!("{c}a{c} {c}1")
}

#[test]
fn xml_is_well_formed_and_says_the_same_in_content_and_attributes() {
    for piece in pieces() {
        let said: Vec<String> = piece.iter().map(|&c| xml(&around(c))).collect();
        let body: String = said.iter().map(|text| format!("<t a=\"{text}\">{text}</t>")).collect();
        let whole = format!("<r>{body}</r>");
        let document = Document::parse(&whole).expect("well-formed");
        for (node, &c) in document.root_element().children().zip(&piece) {
            let wanted = line(&around(c));
            assert_eq!((node.text(), node.attribute("a")), (Some(&*wanted), Some(&*wanted)), "{c:?}");
        }
    }
}

/// Collects what a page has wrong.
#[derive(Default)]
struct Errors(RefCell<Vec<String>>);

impl TokenSink for Errors {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = &token {
            let handler = tag.attrs.iter().find(|attribute| attribute.name.local.starts_with("on"));
            if handler.is_some() || &*tag.name == "blink" {
                self.0.borrow_mut().push(format!("a text became markup: {tag:?}"));
            }
        }
        match token {
            // What a browser doesn't read as markup.
            Token::TagToken(tag) if tag.kind == TagKind::StartTag && &*tag.name == "script" => {
                return TokenSinkResult::RawData(RawKind::ScriptData);
            }
            Token::TagToken(tag) if tag.kind == TagKind::StartTag && &*tag.name == "style" => {
                return TokenSinkResult::RawData(RawKind::Rawtext);
            }
            Token::ParseError(error) => self.0.borrow_mut().push(error.into_owned()),
            Token::NullCharacterToken => self.0.borrow_mut().push("NUL".to_owned()),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// What an HTML reader that is told to be exact finds wrong.
pub(in crate::report) fn html_errors(page: &str) -> Vec<String> {
    let options = TokenizerOpts { exact_errors: true, ..TokenizerOpts::default() };
    let tokenizer = Tokenizer::new(Errors::default(), options);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(page));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.take()
}

#[test]
fn a_page_has_no_character_that_html_forbids() {
    assert_eq!(html_errors("<!DOCTYPE html><p>a\u{FFFE}b").len(), 1, "the reader is strict");
    for piece in pieces() {
        let text: String = piece.iter().map(|&c| around(c)).collect();
        let page = maud::html! { (maud::DOCTYPE) p title=(text) { (text) } };
        let page = lines(&page.into_string());
        assert_eq!(html_errors(&page), Vec::<String>::new(), "{:?}", piece.first());
        assert_eq!(lines(&page), page, "what is clean stays as it is");
    }
}

/// All that any reader takes for markup.
pub(in crate::report) fn markdown_options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
}

/// The texts of the items of a list, or of the cells of a table; anything but text is an error.
pub(in crate::report) fn markdown_texts(document: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for event in Parser::new_ext(document, markdown_options()) {
        match event {
            Event::Start(Tag::Item | Tag::TableCell) => texts.push(String::new()),
            Event::Text(text) => texts.last_mut().expect("an item").push_str(&text),
            Event::Start(Tag::List(None) | Tag::Table(_) | Tag::TableHead | Tag::TableRow)
            | Event::End(_) => {}
            other => panic!("{other:?} after {texts:?}"),
        }
    }
    texts
}

#[test]
fn markdown_says_every_character_and_none_becomes_markup() {
    let mut all: Vec<Vec<String>> =
        pieces().iter().map(|piece| piece.iter().map(|&c| around(c)).collect()).collect();
    all.push(pairs());
    for texts in &mut all {
        // Two of these make code of what stands between them.
        texts.retain(|text| !text.contains('`'));
        let wanted: Vec<String> = texts.iter().map(|text| line(text).trim().to_owned()).collect();
        let said: Vec<String> = texts.iter().map(|text| markdown(text)).collect();
        let list: String = said.iter().map(|text| format!("- {text}\n")).collect();
        let table: String = said.iter().map(|text| format!("| {text} |\n")).collect();
        for read in [markdown_texts(&list), markdown_texts(&format!("| |\n| --- |\n{table}"))[1..].to_vec()] {
            assert_eq!(read.len(), wanted.len());
            for (read, wanted) in read.iter().zip(&wanted) {
                assert_eq!(read.replace(WORD_JOINER, ""), wanted.replace(WORD_JOINER, ""));
            }
        }
    }
}

#[test]
fn names_of_python_stay_names() {
    assert_eq!(markdown("__init__() takes *args: wall_ns"), "\\_\\_init\\_\\_() takes \\*args: wall_ns");
    assert_eq!(markdown("`__init__` of `a|b` and `"), "`__init__` of \\`a\\|b\\` and \\`");
    assert_eq!(markdown("ask @name, see #12"), "ask @\u{2060}name, see #\u{2060}12");
    assert_eq!(markdown("``x`"), "\\`\\`x\\`");
    assert_eq!(markdown("3.13 is no item, 1. is"), "3.13 is no item, 1. is");
    assert_eq!(markdown("1. is"), "1\\. is");
    assert_eq!(
        markdown("<!-- gilmatrix -->`<!-- x -->`"),
        "&lt;\\!-- gilmatrix --&gt;\\`&lt;\\!-- x --&gt;\\`"
    );
}

#[test]
fn a_spreadsheet_gets_every_character_back_and_no_formula() {
    for piece in pieces() {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        for &c in &piece {
            writer.write_record([csv(&around(c)), csv(&format!("{c}1+1"))]).expect("in memory");
        }
        let whole = writer.into_inner().expect("in memory");
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(&*whole);
        for (row, &c) in reader.records().zip(&piece) {
            let row = row.expect("a row of two fields");
            assert_eq!(
                row[0].trim_start_matches('\''),
                around(visible_in_csv(c)).trim_start_matches('\''),
                "{c:?}"
            );
            assert!(!row[1].starts_with(['=', '+', '-', '@', '\t', '\r']), "{c:?}");
            assert!(!row[1].contains(['\0', '\r', '\u{9b}']), "{c:?}");
        }
    }
}

fn visible_in_csv(c: char) -> char {
    if matches!(c, '\n' | '\t') { c } else { visible(c) }
}

#[test]
fn nothing_speaks_to_the_terminal() {
    for c in '\0'..=char::MAX {
        for text in [terminal(&around(c)), line(&around(c)), lines(&around(c))] {
            let turns = |c| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
            assert!(
                !text.contains(|c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || turns(c)),
                "{c:?}"
            );
        }
    }
    assert_eq!(terminal("a\u{1b}[31mb\u{9b}2J"), "a[31mb2J");
}

#[test]
fn names_that_run_from_right_to_left_leave_the_figures_beside_them_in_place() {
    assert_eq!(line("שלום 41.3 ms"), "\u{200E}שלום\u{200E} 41.3 ms");
    assert_eq!(line("a אב גד, 2"), "a \u{200E}אב גד\u{200E}, 2");
    assert_eq!(line("\u{202E}abc"), "abc", "nobody turns a line around");
    assert_eq!(line("fib 3.13"), "fib 3.13");
    assert_eq!(csv("שלום"), "שלום", "programs look for it");
}
