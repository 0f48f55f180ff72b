namespace AudienceSync.Connectors.Webhook.Templates;

/// <summary>How one operation is sent.</summary>
/// <param name="Method">POST, PUT, PATCH or DELETE; GET for a check.</param>
/// <param name="Path">Added to the base URL: texts and placeholders.</param>
/// <param name="Body">The body; null for none.</param>
/// <param name="Member">One member of the list in the body; null when the body itself is about one member.</param>
internal sealed record CallTemplate(
    string Method,
    IReadOnlyList<(bool IsPlaceholder, string Text)> Path,
    JsonTemplate? Body,
    JsonTemplate? Member
)
{
    /// <summary>Whether one call has one member.</summary>
    public bool IsSingle => Member is null;

    /// <summary>Whether its address names a list, so that there is no such call without one.</summary>
    public bool NamesAudience => Path.Any(part => part is { IsPlaceholder: true, Text: "audience" });

    /// <summary>The template that has the placeholders of the person.</summary>
    public JsonTemplate? Row => Member ?? Body;

    /// <summary>
    /// The address of a call; null when a value would change its structure, as two dots alone in a segment would. Values are escaped.
    /// </summary>
    /// <param name="baseUrl">The base URL.</param>
    /// <param name="valueOf">The value of a placeholder; null when there is none.</param>
    public Uri? Address(Uri baseUrl, Func<string, string?> valueOf)
    {
        if (Path.Count == 0)
        {
            return baseUrl;
        }

        if (Path.Any(part => part.IsPlaceholder && valueOf(part.Text) is null))
        {
            return null;
        }

        var path = string.Concat(Path.Select(part => part.IsPlaceholder ? Uri.EscapeDataString(valueOf(part.Text)!) : part.Text));
        var written = baseUrl.AbsoluteUri.TrimEnd('/') + path;
        return
            Uri.TryCreate(written, UriKind.Absolute, out var url)
            && url.AbsoluteUri == written
            && !path.Contains("//", StringComparison.Ordinal)
            ? url
            : null;
    }
}

/// <summary>A header of every call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsSecret">Whether the value is never shown.</param>
internal readonly record struct TemplateHeader(string Name, string Value, bool IsSecret)
{
    /// <summary>The value as it may be shown.</summary>
    public string Shown => IsSecret ? "***" : Value;

    /// <summary>Does not print the value.</summary>
    public override string ToString() => $"{Name}: ***";
}

/// <summary>How calls to a receiver look that has a format of its own.</summary>
/// <param name="Headers">Of every call.</param>
/// <param name="Add">Adds members, also again.</param>
/// <param name="Remove">Removes members.</param>
/// <param name="Check">Changes nothing; null when the receiver has no such call.</param>
/// <param name="ReadsBody">Whether the body of an answer is read as docs/webhook.md has it; otherwise the status alone decides.</param>
internal sealed record CallTemplates(
    IReadOnlyList<TemplateHeader> Headers,
    CallTemplate Add,
    CallTemplate Remove,
    CallTemplate? Check,
    bool ReadsBody
)
{
    /// <summary>Whether a call of any operation has one member.</summary>
    public bool IsSingle => Add.IsSingle || Remove.IsSingle;
}
