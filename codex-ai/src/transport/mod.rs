//! How bytes go to a vendor and come back. Knows no vendor and no prompt.
