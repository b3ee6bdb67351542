//! The XML files that lead to a signature. Elements are found by their local names: makers disagree about the namespace.

use roxmltree::{Document, Node, ParsingOptions};

use super::{MAXIMUM_XML_NODES, OfdError, shown};

/// Reads a part as XML and hands its root to a reader. A DTD is refused, and with it every entity of its own.
pub(super) fn with_root<T>(
    name: &str,
    bytes: &[u8],
    expected: &str,
    read: impl FnOnce(Node<'_, '_>) -> Result<T, &'static str>,
) -> Result<T, OfdError> {
    let part = |reason| OfdError::Part {
        part: shown(name),
        reason,
    };
    let text = std::str::from_utf8(bytes).map_err(|_| part("it is not in UTF-8"))?;
    let options = ParsingOptions {
        nodes_limit: MAXIMUM_XML_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        part(match error {
            roxmltree::Error::DtdDetected => "it has a DTD, which is not read",
            roxmltree::Error::NodesLimitReached => "it has too many elements",
            _ => "it is no XML",
        })
    })?;
    let root = document.root_element();
    if root.tag_name().name() != expected {
        return Err(part("it is not what its name says"));
    }
    read(root).map_err(part)
}

/// The children of a name.
pub(super) fn children<'node, 'input: 'node>(
    node: Node<'node, 'input>,
    name: &'static str,
) -> impl Iterator<Item = Node<'node, 'input>> {
    node.children()
        .filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// The first child of a name.
pub(super) fn child<'node, 'input: 'node>(
    node: Node<'node, 'input>,
    name: &'static str,
) -> Option<Node<'node, 'input>> {
    children(node, name).next()
}

/// The text in the first child of a name, without the spaces around it.
pub(super) fn text_of(node: Node<'_, '_>, name: &'static str) -> Option<String> {
    let text = child(node, name)?.text()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}
