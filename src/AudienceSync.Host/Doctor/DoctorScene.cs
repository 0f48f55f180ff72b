using AudienceSync.Connectors;

namespace AudienceSync.Host.Doctor;

/// <summary>What the doctor knows from the configuration.</summary>
/// <param name="Sources">Senders of webhooks.</param>
/// <param name="Destinations">Ad accounts, by name.</param>
/// <param name="Off">Codes of findings that an operator does not want to see.</param>
public sealed record DoctorScene(
    IReadOnlyList<SourceSetting> Sources,
    IReadOnlyDictionary<string, DestinationSetting> Destinations,
    IReadOnlySet<string> Off
);

/// <param name="Name">Its name.</param>
/// <param name="Reports">Whether it reports the outcomes of messages.</param>
/// <param name="Signed">Whether its requests must be signed.</param>
public sealed record SourceSetting(string Name, bool Reports, bool Signed);

/// <param name="Limits">The limits of its platform.</param>
/// <param name="Version">The check of the version of its API; null where there is none.</param>
public sealed record DestinationSetting(DestinationLimits Limits, IChecksVersion? Version);
