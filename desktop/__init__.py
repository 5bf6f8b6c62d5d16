"""인증서 창구 (Changgu): one window for every Korean bank certificate."""

__version__ = "0.1.0"
