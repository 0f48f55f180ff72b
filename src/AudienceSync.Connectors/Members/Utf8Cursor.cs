namespace AudienceSync.Connectors.Members;

/// <summary>Writes bytes one after another.</summary>
internal ref struct Utf8Cursor(Span<byte> into)
{
    private readonly Span<byte> _into = into;

    public int Length { get; private set; }

    /// <summary>The remaining space.</summary>
    public readonly Span<byte> Rest => _into[Length..];

    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Rest);
        Length += bytes.Length;
    }

    /// <summary>Counts what was written into <see cref="Rest"/>.</summary>
    public void Wrote(int bytes) => Length += bytes;

    /// <summary>Removes the last bytes.</summary>
    public void Drop(int bytes) => Length -= bytes;
}
