namespace AudienceSync.Domain.Doctor;

/// <summary>How much a finding costs as long as nobody acts.</summary>
public enum FindingSeverity
{
    /// <summary>Audiences are worse than they could be.</summary>
    Warning = 1,

    /// <summary>People are targeted who should not be, or cannot be who should.</summary>
    Critical = 2,
}

/// <summary>A kind of misconfiguration.</summary>
/// <param name="Code">Stable: in the configuration, in scripts, on the page.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="What">What is wrong, in one sentence.</param>
/// <param name="Advice">What to do.</param>
public sealed record FindingKind(string Code, FindingSeverity Severity, string What, string Advice);
