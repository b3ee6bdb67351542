//! The history tree.

use proptest::prelude::*;
use tongban_crypto::merkle::{
    Frontier, consistency_proof, empty_root, inclusion_proof, leaf_hash, node_hash, root, verify_consistency,
    verify_inclusion,
};
use tongban_crypto::{Digest32, sm3};

fn leaves(count: usize) -> Vec<Digest32> {
    (0..count)
        .map(|number| leaf_hash(format!("entry {number}").as_bytes()))
        .collect()
}

#[test]
fn the_shape_is_that_of_rfc_6962() {
    let all = leaves(7);
    let [a, b, c, d, e, f, g] = [0, 1, 2, 3, 4, 5, 6].map(|index| all[index]);
    assert_eq!(root(&[]), sm3(""));
    assert_eq!(leaf_hash(b"x"), sm3(b"\0x"));
    assert_eq!(node_hash(&a, &b), sm3([&[1][..], &a, &b].concat()));
    assert_eq!(root(&all[..1]), a);
    assert_eq!(root(&all[..3]), node_hash(&node_hash(&a, &b), &c));
    let left = node_hash(&node_hash(&a, &b), &node_hash(&c, &d));
    assert_eq!(root(&all), node_hash(&left, &node_hash(&node_hash(&e, &f), &g)));
}

#[test]
fn the_frontier_has_the_root_of_the_whole() {
    let all = leaves(70);
    let mut frontier = Frontier::new();
    assert_eq!(frontier.root(), empty_root());
    for (index, leaf) in all.iter().enumerate() {
        frontier.append(*leaf);
        assert_eq!(frontier.size(), index as u64 + 1);
        assert_eq!(frontier.root(), root(&all[..=index]), "{index}");
    }
}

#[test]
fn a_frontier_survives_json_and_refuses_a_wrong_shape() {
    let mut frontier = Frontier::new();
    leaves(11).into_iter().for_each(|leaf| frontier.append(leaf));
    let text = serde_json::to_string(&frontier).unwrap();
    assert_eq!(serde_json::from_str::<Frontier>(&text).unwrap(), frontier);
    assert!(serde_json::from_str::<Frontier>(&text.replace("11", "12")).is_err());
    assert!(serde_json::from_str::<Frontier>(r#"{"size":1,"peaks":["00"]}"#).is_err());
    assert!(Frontier::from_parts(3, vec![]).is_err());
}

#[test]
fn every_leaf_is_proved_in_every_tree() {
    for size in 1..=33 {
        let all = leaves(size);
        let whole = root(&all);
        for (index, leaf) in all.iter().enumerate() {
            let proof = inclusion_proof(&all, index).unwrap();
            let (at, of) = (index as u64, size as u64);
            assert!(
                verify_inclusion(leaf, at, of, &proof, &whole),
                "{index} of {size}"
            );
            assert!(!verify_inclusion(&leaf_hash(b"other"), at, of, &proof, &whole));
            assert!(!verify_inclusion(leaf, at ^ 1, of, &proof, &whole) || size == 1);
            assert!(!verify_inclusion(leaf, of, of, &proof, &whole));
            assert!(!verify_inclusion(
                leaf,
                at,
                of,
                &[proof.as_slice(), &[whole]].concat(),
                &whole
            ));
            if !proof.is_empty() {
                assert!(!verify_inclusion(leaf, at, of, &proof[1..], &whole));
            }
        }
        assert!(inclusion_proof(&all, size).is_none());
    }
}

#[test]
fn every_beginning_is_proved_in_every_tree() {
    for size in 0..=33 {
        let all = leaves(size);
        let whole = root(&all);
        for old in 0..=size {
            let old_root = root(&all[..old]);
            let proof = consistency_proof(&all, old).unwrap();
            let (from, to) = (old as u64, size as u64);
            assert!(
                verify_consistency(from, &old_root, to, &whole, &proof),
                "{old} in {size}"
            );
            if old > 0 {
                assert!(!verify_consistency(from, &sm3("other"), to, &whole, &proof));
            }
            if old > 0 && old < size {
                assert!(!verify_consistency(from, &old_root, to, &sm3("other"), &proof));
                assert!(!verify_consistency(
                    from,
                    &old_root,
                    to,
                    &whole,
                    &proof[..proof.len() - 1]
                ));
                let longer = [proof.as_slice(), &[whole]].concat();
                assert!(!verify_consistency(from, &old_root, to, &whole, &longer));
            }
            assert!(!verify_consistency(to + 1, &old_root, to, &whole, &proof));
        }
        assert!(consistency_proof(&all, size + 1).is_none());
    }
}

proptest! {
    #[test]
    fn a_rewritten_past_has_no_proof(size in 2usize..60, old in 1usize..60, changed in 0usize..60) {
        let old = old % size;
        prop_assume!(old > 0);
        let honest = leaves(size);
        let mut rewritten = honest.clone();
        rewritten[changed % old] = leaf_hash(b"rewritten");
        // The best a forger can do: the proof that the rewritten log itself would give.
        let proof = consistency_proof(&rewritten, old).unwrap();
        prop_assert!(!verify_consistency(
            old as u64, &root(&honest[..old]), size as u64, &root(&rewritten), &proof
        ));
    }
}
