namespace MuseCluster.Generation.Tests.Pictures;

/// <summary>Files written by an encoder that shares no code with the library: Python's struct and zlib.</summary>
internal static class PngFixtures
{
    public static readonly byte[] Rgb8AllFilters = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAcAAAALCAIAAAA88gD/AAAAlklEQVR42nWNMQrCQBQFJyqkSyEvoJAisIWfLQTBM6TOCey9QQ6RYo+Qwt5r/DonyRHcFDYR"
        + "YarHPAbAoIcBJnBYoMibUW7YraaVWIXVWIMFLO7zWaqko1RLZ6mR2sPqUkIFNTRfHPPQezf4c/LR/b34XOSkETf8q91zrZWCdJGidJVuv7UAERKWuj6NQ5qn"
        + "dPL0WNLrA55MJaiKLwKUAAAAAElFTkSuQmCC");

    public static readonly byte[] Rgb8Interlaced = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAA0AAAAKCAIAAAGXi3MFAAAACUlEQVR42oWQsUoDURDfgTKJAAAACUlEQVRFzyYBu1QvkGIzFlfAAAAACUlEQVQLwcIhhWAh"
        + "bCH8leDVAAAACUlEQVTsgpAuMMIWgkXUj11uAAAACUlEQVTAQlJuZyq/IEVNVi2oAAAACUlEQVQKq1RTzgdYpLQxg2iZAAAACUlEQVQMfsW2FkI+wdlxzjfQ"
        + "AAAACUlEQVQFRWyEw4Vh3gxox5llAAAACUlEQVRnHkAFWUTFGwYSgcI5AAAACUlEQVRtVFa1XRWlWVM2nqHYAAAACUlEQVRZ25qicIRtdNVd1rbaAAAACUlE"
        + "QVQKowkGWIE5NiXnObMVAAAACUlEQVTaqrlpcdS60mYzECrWAAAACUlEQVSrm1Y9iwml/gM6cQEwAAAACUlEQVQCazhAjK1gHyt0tWTUAAAACUlEQVRFx0r+"
        + "mwE6RmfI1uYxAAAACUlEQVToHH1An9HdMFkMMxq+AAAACUlEQVQuUoosXO5FPkQtbqk2AAAACUlEQVSeRt0rZjCH5htriJ4qAAAACUlEQVRB5ERlvJaJSX6y"
        + "wJEaAAAACUlEQVSQs6PMpnJZSbHjVFVdAAAACUlEQVSScivzvSxaqbO7r9kEAAAACUlEQVSQECb/Mugu71wedX4LAAAACUlEQVTyXqfojepequk6LxfOAAAA"
        + "CUlEQVS9NqGG+pBXkp+HfBRcAAAACUlEQVQmP09+kfwq+XV/QNlEAAAACUlEQVTymxd/T36b/C73DQPkAAAACUlEQVT5Mvlj8s9Rt4+ELI1IAAAACUlEQVSw"
        + "znvxAkriU7oo9NFUAAAACUlEQVT8YRf5BZtQWHZYTg9ZAAAAAElFTkSuQmCC");

    public static readonly byte[] Rgb16 = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAGEAIAAAA7y3RhAAAAcElEQVR42mNgAIL///0UQOQcBxD5KgFEMjIw6D2ASHz1AJFfoCQTA4P+A5Au/QdfPEDkywkg"
        + "8u4NZgaGOIeGBnUBiQ8vBUDkYxMQefcGC0wHyCgQ+VIBRN4Fka8SQHa8SjiaPsfhVULX+VcJrxICzAFe7jWAOIEL5gAAAABJRU5ErkJggg==");

    public static readonly byte[] Gray1Interlaced = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAkAAAAJAQAAAAG/7QsrAAAAIklEQVR42mNgYGRgAGMQyQRhf2D8wMTAXMECEQSJMjMwAAAuKgJvy2aSTQAAAABJRU5ErkJg"
        + "gg==");

    public static readonly byte[] Gray2 = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAUAAAADAgAAAAA07YKFAAAAEUlEQVR42mOQZmDMucLk6gAAByMB5FVKZXUAAAAASUVORK5CYII=");

    public static readonly byte[] Gray4 = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFBAAAAABpAUQFAAAAIUlEQVR42mNgzjyvwBiRFhbDFOoaGsA8515cIEtommssAFusB5syatSiAAAAAElFTkSuQmCC");

    public static readonly byte[] Gray16Keyed = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAEEAAAAADcCh3hAAAAAnRSTlM+gjTgNEkAAAAnSURBVHjaY2BgsGuoZdjdwMjAaNdg32DXwMTACIHMDEzyjgoH5R0B"
        + "f/wGYK3JzZMAAAAASUVORK5CYII=");

    public static readonly byte[] GrayAlpha8 = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAECAQAAADsOj3LAAAAJUlEQVR42mNgYDBiSGGYxnCCgZEhwIgBApkYAmCQmWGBpAYEAgCKugZHoSd//AAAAABJRU5E"
        + "rkJggg==");

    public static readonly byte[] GrayAlpha16 = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAMAAAADEAQAAACssaF3AAAAHUlEQVR42mNgAIJSAwaGVwkMDIwgJogDwkwQCoIBbiwF0Zx1uRQAAAAASUVORK5CYII=");

    public static readonly byte[] Rgba8Interlaced = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAYAAAGzCI4dAAAAx0lEQVR42nXOPQrCYAwG4Pdr/dlKwQodPqzgYOggOAgd6g8IbkKGTnbzBB2reAzR9Rt7gOoZ"
        + "xFEv0iOYUh0NPFkS8gaoywB53VvGZCcwEFdAqdhEK4NMRgyLWS8MR8eKk7tChQ4jiX9AwED2dg/g4gMvRewMGTr+scCOCMVG7C3bM7pHtAyItkFBaQA5ooi6"
        + "AZMzz6mfGtKHB42uFYU3n6ZvJU/ahP7gH6v+s8nR36zom5c0mSjR9oqh6xVjMREzEYu1ey6e7gfcdDYmAKbd+wAAAABJRU5ErkJggg==");

    public static readonly byte[] Palette4 = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAEBAMAAAC0HehzAAAAElBMVEUA/wAyzQFkmwKWaQPINwT6BQVy1HxWAAAAAnRSTlMAgJsrThgAAAAYSURBVHjaY2BU"
        + "dmBUVtrNpLRHgfm+kjwAF88DiTfn6h8AAAAASUVORK5CYII=");

    public static readonly byte[] Palette2Interlaced = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAYAAAAFAgMAAAFsMUXjAAAADFBMVEUA/wAyzQFkmwKWaQMj08PqAAAAHUlEQVR42mNgAIMGxgaGDoYSxjtMMxhyEhiP/QIA"
        + "Li8GAjM308EAAAAASUVORK5CYII=");

    public static readonly byte[] Palette8 = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAMAAAADCAMAAABh9kWNAAAAElBMVEUA/wAyzQFkmwKWaQPINwT6BQVy1HxWAAAAFElEQVR42mNgYGBgZGBkZGJgZAIAACsA"
        + "CcL2HUIAAAAASUVORK5CYII=");

    public static readonly byte[] Texts = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACnRFWHRUaXRsZQBjYWbpAKszegAAABl6VFh0Q29tbWVudAAAeJzLyc9LV8gZiQQAkD5aofzo"
        + "TqIAAAApaVRYdFByb21wdAABAGRlAEVpbmdhYmUAeJxLzcxTcDq8pEjhw/wJuwEnvgZy2uhwvwAAABBpVFh0UGxhaW4AAAAAAOaXpeacrBu8fp8AAAAEZ0FN"
        + "QQAAsY8L/GEFAAAACklEQVR42mNgBwAACQAIjau5AQAAAABJRU5ErkJggg==");
}
