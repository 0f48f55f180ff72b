namespace AudienceSync.Host.People;

/// <summary>What became of a list. Lines are told by number: what stood in them is personal data.</summary>
public sealed class ListReceipt
{
    private const int LinesShown = 100;

    private readonly List<long> _lines = [];

    /// <summary>Identifiers whose suppression is in the log.</summary>
    public int Accepted { get; internal set; }

    /// <summary>Lines with nothing by which a person can be recognised.</summary>
    public int Refused { get; private set; }

    /// <summary>The first of them; the header is line 1.</summary>
    public IReadOnlyList<long> RefusedLines => _lines;

    internal void Refuse(long line)
    {
        Refused++;
        if (_lines.Count < LinesShown)
        {
            _lines.Add(line);
        }
    }
}
