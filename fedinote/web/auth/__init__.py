"""Getting in and out: signing in and up, the second step, passkeys, letting apps in (OAuth consent), passwords."""
