using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalising;

namespace AudienceSync.Connectors.Members;

/// <summary>What one platform is told of a person, hashed by its own rules. Serves one thread at a time.</summary>
internal interface IPersonDigests : IDisposable
{
    bool Knows(NormaliserVersion version);

    /// <summary>Writes 64 hex digits of the e-mail address; false when there is none that could match.</summary>
    bool TryWriteEmail(PersonIdentifiers person, NormaliserVersion version, Span<byte> utf8);

    /// <summary>Writes 64 hex digits of the telephone number; false when there is none that could match.</summary>
    bool TryWritePhone(PersonIdentifiers person, NormaliserVersion version, Span<byte> utf8);
}
