using System.CommandLine;
using System.Text.Json;
using AudienceSync.Domain.Audiences;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Audiences.Verbs;

/// <summary>
/// <c>audiences bind</c>. It works on the database; with <c>--create</c> the running Host creates the remote audience at the platform.
/// </summary>
internal sealed class BindCommand(AudiencesVerbs verbs, Func<string, string?> environment)
{
    private readonly Option<bool> _create = new("--create")
    {
        Description = "Create the remote audience at the platform, or find it by its name. Executed by the running Host.",
    };

    private readonly Option<string> _name = new("--name")
    {
        Description = "With --create: the name at the platform; the audience's own name when omitted.",
    };

    private readonly Option<bool> _exclusive = new("--exclusive")
    {
        Description = "The remote audience is ours alone: a resync also removes members that others added.",
    };

    public Command Create()
    {
        var bind = verbs.At(required: true, verbs.Change("bind", "Bind a remote audience to a key version.", verbs.Key, Bind), _create);
        foreach (var option in new Option[] { _create, _name, _exclusive })
        {
            bind.Options.Add(option);
        }

        bind.Validators.Add(parsed =>
        {
            if (parsed.GetResult(_name) is not null && !parsed.GetValue(_create))
            {
                parsed.AddError("--name needs --create.");
            }
        });
        bind.SetAction(
            (parsed, cancellationToken) =>
                parsed.GetValue(_create)
                    ? CreateAsync(parsed, cancellationToken)
                    : verbs.ChangeAsync(parsed, verbs.Key, Bind, cancellationToken)
        );
        return bind;
    }

    private (string Audience, AudienceCommand Command) Bind(ParseResult parsed, string text)
    {
        var key = AudiencesVerbs.KeyOf(text);
        return (
            key.Audience,
            new BindAudience(verbs.Place(parsed)!.Value, key.Version, verbs.By(parsed), verbs.Why(parsed))
            {
                Exclusive = parsed.GetValue(_exclusive),
            }
        );
    }

    private Task<int> CreateAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        HostVerb.RunAsync(
            parsed,
            async () =>
            {
                var key = parsed.GetRequiredValue(verbs.Key);
                var body = JsonSerializer.Serialize(
                    new
                    {
                        key,
                        destination = verbs.Destination(parsed),
                        exclusive = parsed.GetValue(_exclusive),
                        create = true,
                        name = parsed.GetValue(_name),
                        by = verbs.By(parsed),
                        why = verbs.Why(parsed),
                    }
                );
                using var host = new HostClient(environment);
                var audience = AudienceKey.TryParse(key, out var known) ? known.Audience : key;
                var path = HostVerb.In($"/v1/audiences/{Uri.EscapeDataString(audience)}/bindings", verbs.Workspace(parsed));
                return await host.SendAsync(HttpMethod.Post, path, body, HostVerb.Console(parsed), cancellationToken);
            }
        );
}
