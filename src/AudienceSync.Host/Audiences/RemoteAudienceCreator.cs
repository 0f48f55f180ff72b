using AudienceSync.Connectors;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Audiences.Registry;

namespace AudienceSync.Host.Audiences;

/// <summary>A remote audience to be created and bound.</summary>
/// <param name="Key">The version that will feed it.</param>
/// <param name="Destination">The ad account.</param>
/// <param name="Name">Its name at the platform; null for the audience's own name.</param>
/// <param name="Exclusive">Whether it is ours alone.</param>
/// <param name="By">Who requested it.</param>
/// <param name="Why">The reason.</param>
public sealed record WantedAudience(AudienceKey Key, string Destination, string? Name, bool Exclusive, string By, string? Why);

/// <summary>A remote audience that was created or found, and bound.</summary>
/// <param name="AlreadyExisted">Whether one of this name was there already and was bound instead of creating a second.</param>
public sealed record CreatedAudience(string Destination, string Remote, string Name, bool AlreadyExisted, IReadOnlyList<string> Changes);

/// <summary>
/// Creates a remote audience at a platform and binds it.
/// <para>
/// <b>Never a second one.</b> Everything that can be refused is checked before the platform is called. Then the platform is searched for
/// the name, and only a name that is not there is created. So a process that ends between creation and binding leaves an audience that the
/// same request finds and binds; the response has that it existed. An audience that is bound already is refused as usual.
/// </para>
/// </summary>
public sealed class RemoteAudienceCreator(
    AudienceRegistry registry,
    RegistryStore table,
    IReadOnlyDictionary<string, IDestination> destinations
)
{
    /// <exception cref="RegistryException">It cannot be bound, the platform cannot create audiences, or it did not.</exception>
    public async Task<CreatedAudience> CreateAsync(WantedAudience wanted, CancellationToken cancellationToken)
    {
        if (!destinations.TryGetValue(wanted.Destination, out var destination))
        {
            throw new RegistryException(AudienceRefusal.DestinationUnknown(wanted.Destination));
        }

        if (destination is not IAudienceFactory factory)
        {
            throw new RegistryException(AudienceRefusal.NotCreatable(wanted.Destination));
        }

        var audience = (await table.ReadAsync(wanted.Key.Audience, cancellationToken)).Audience;
        if (AudienceRules.Decide(audience, BindTo(wanted, "0")).Refusal is { } refusal)
        {
            throw new RegistryException(refusal);
        }

        var name = wanted.Name ?? wanted.Key.Audience;
        var description = audience.Text?.Definition ?? audience.Text?.Purpose ?? $"Members of {wanted.Key.Audience}.";
        var ensured = await factory.EnsureAsync(new AudienceDefinition(name, description), cancellationToken);
        if (ensured is not { Outcome.Kind: OutcomeKind.Done, Audience: { } remote })
        {
            throw new RegistryException(AudienceRefusal.NotCreated(ensured.Outcome.Code));
        }

        var plan = await registry.ExecuteAsync(wanted.Key.Audience, BindTo(wanted, remote.Value), cancellationToken);
        return new CreatedAudience(
            wanted.Destination,
            remote.Value,
            name,
            ensured.AlreadyExisted,
            [.. plan.Changes.Select(RegistryText.Of)]
        );
    }

    private static BindAudience BindTo(WantedAudience wanted, string remote) =>
        new(new RemoteAudience(wanted.Destination, remote), wanted.Key.Version, wanted.By, wanted.Why) { Exclusive = wanted.Exclusive };
}
