namespace AudienceSync.Host.Ingest.Reading;

/// <summary>Finds the JSON of a body (<see cref="RequestBody.Json"/>): of one that was just received, and of one that was kept.</summary>
internal static class BodyJson
{
    /// <param name="body">The body.</param>
    /// <param name="isForm">Whether it was sent as a form. A body that begins as JSON is JSON all the same: many clients label every body
    /// as a form by default.</param>
    public static IngestProblem? Find(RequestBody body, bool isForm)
    {
        if (!isForm || BeginsAsJson(body.Json.Span))
        {
            return null;
        }

        if (!FormFields.TryRead(body.Json.Span, out var json, out var defect))
        {
            return IngestProblem.MalformedForm;
        }

        (body.Json, body.Defect) = (json, defect);
        return null;
    }

    /// <summary>
    /// The JSON of a kept body, whose media type was not kept: only events are ever read again, so a body that does not begin as JSON was a
    /// form.
    /// </summary>
    public static RequestBody Reopen(ReadOnlySpan<byte> kept)
    {
        var body = RequestBody.Of(kept);
        _ = Find(body, isForm: true);
        return body;
    }

    private static bool BeginsAsJson(ReadOnlySpan<byte> text) => text.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
}
