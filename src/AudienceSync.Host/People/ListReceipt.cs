namespace AudienceSync.Host.People;

/// <summary>A part of a list that suppressed no one, without its content.</summary>
/// <param name="Line">The header is line 1.</param>
/// <param name="Column">The column's name as docs/operating.md lists it; null for the line as a whole.</param>
/// <param name="Code">Why it was refused.</param>
public sealed record RefusedLine(long Line, string? Column, string Code);

/// <summary>The outcome of a list. Lines are named by number: their content is personal data.</summary>
public sealed class ListReceipt
{
    private const int LinesShown = 100;

    private readonly List<RefusedLine> _lines = [];

    /// <summary>Identifiers whose suppression is in the log.</summary>
    public int Accepted { get; internal set; }

    /// <summary>Cells, and lines as a whole, that suppress no one.</summary>
    public int Refused { get; private set; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<RefusedLine> RefusedLines => _lines;

    /// <summary>Columns of the header, from 1, with unknown names.</summary>
    public IReadOnlyList<int> IgnoredColumns { get; internal set; } = [];

    internal void Refuse(RefusedLine line)
    {
        Refused++;
        if (_lines.Count < LinesShown)
        {
            _lines.Add(line);
        }
    }
}
