/// The plain implementations: each operation as its formula says, with loops over every index.
///
/// They define what an operation means and check the fast ones; they work in any precision, so that
/// derivatives can be compared with differences in `Double`.
public enum Reference {}
