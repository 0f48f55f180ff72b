using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Quarantine;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>Collects warnings while an event is read. Allocates nothing until there is one. Pass it by reference.</summary>
public struct WarningList
{
    /// <summary>Any field of an event that schema 2 does not have: the sender's own name for it is not repeated.</summary>
    public const string UnknownField = "*";

    private List<EventWarning>? _warnings;

    public readonly bool Any => _warnings is not null;

    /// <summary>A field that was left out, with the code by which an event that needs it would be refused.</summary>
    public void Add(IngestProblem problem, string field) => Add(problem.Code, field);

    /// <summary>The same, for a fault for which an add would be held.</summary>
    public void Add(QuarantineReason reason, string field) => Add(reason.Code, field);

    public void Add(string code, string field)
    {
        var warning = new EventWarning(code, field);
        _warnings ??= [];
        if (!_warnings.Contains(warning))
        {
            _warnings.Add(warning);
        }
    }

    /// <summary>Null when there is none.</summary>
    public readonly EventWarning[]? ToArray() => _warnings?.ToArray();
}
