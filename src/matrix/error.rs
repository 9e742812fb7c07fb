//! What is wrong with a matrix, said so that it can be mended: file, line, a caret under the place,
//! what was expected and the nearest valid word.

use std::fmt;
use std::io;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::problems::Problem;

/// Everything that is wrong with one matrix file, all at once where the parts are independent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixError {
    origin: String,
    source: String,
    problems: Vec<Problem>,
    io: Option<io::ErrorKind>,
}

impl MatrixError {
    /// Makes an error of problems, sorted into the order in which a reader meets them in the file.
    pub(super) fn new(origin: &str, source: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
        Self { origin: origin.to_owned(), source: source.to_owned(), problems, io: None }
    }

    /// Makes the error of a file that couldn't be read at all.
    pub(super) fn unreadable(origin: &str, problem: Problem, kind: io::ErrorKind) -> Self {
        Self { origin: origin.to_owned(), source: String::new(), problems: vec![problem], io: Some(kind) }
    }

    /// Returns whether the system refused to give the file (no permission, a failing disk), which is not a mistake in
    /// the matrix and has an exit code of its own.
    pub fn is_refusal_of_the_machine(&self) -> bool {
        use io::ErrorKind::{FileTooLarge, InvalidData, IsADirectory, NotADirectory, NotFound};
        !matches!(self.io, None | Some(NotFound | IsADirectory | NotADirectory | InvalidData | FileTooLarge))
    }

    /// Returns one block of text for each problem, without a newline at the end; `color` adds ANSI styles.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let blocks: Vec<_> = self.problems.iter().map(|problem| self.block(problem, &renderer)).collect();
        blocks.join("\n\n")
    }

    fn block(&self, problem: &Problem, renderer: &Renderer) -> String {
        let title = Level::ERROR.primary_title(problem.title.as_str());
        let mut group: Group<'_> = match &problem.span {
            Some(span) => title.element(
                Snippet::source(self.source.as_str())
                    .path(self.origin.as_str())
                    .annotation(AnnotationKind::Primary.span(span.clone()).label(problem.label.as_str())),
            ),
            None => {
                let group = title.element(Origin::path(self.origin.as_str()));
                match problem.label.as_str() {
                    "" => group,
                    label => group.element(Level::NOTE.message(label)),
                }
            }
        };
        if let Some(help) = &problem.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }
}

impl fmt::Display for MatrixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for MatrixError {}
