namespace AudienceSync.Domain.Identity;

/// <summary>A person as the store knows him before a batch of webhooks is applied.</summary>
/// <param name="Id">His id.</param>
/// <param name="Kinds">The kinds of identifier he has, as a bit set: bit n for kind n.</param>
/// <param name="Revision">His current identifier revision, from 1.</param>
/// <param name="StreamVersion">The number of events in his stream.</param>
public sealed record KnownPerson(PersonId Id, int Kinds, int Revision, long StreamVersion)
{
    public bool Has(IdentifierKind kind) => (Kinds & (1 << (int)kind)) != 0;

    public KnownPerson With(IdentifierKind kind) => this with { Kinds = Kinds | (1 << (int)kind) };
}
