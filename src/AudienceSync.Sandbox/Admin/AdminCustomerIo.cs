using AudienceSync.Sandbox.CustomerIo;

namespace AudienceSync.Sandbox.Admin;

/// <summary>A person as the workspace's own sources create it.</summary>
internal sealed record NewPerson(string? Id, string? Email, string? Phone, string? CioId);

/// <summary>What the people of a simulated Customer.io workspace have, which its real API shows one person at a time.</summary>
internal static class AdminCustomerIo
{
    private const string Root = "/admin/customerio";

    public static void Map(WebApplication app, Func<RequestDelegate, RequestDelegate> guard, CustomerIoPlatform platform)
    {
        app.MapGet(
            Root + "/metrics",
            guard(context => AdminResponse.WriteAsync(context, StatusCodes.Status200OK, platform.Metrics.View()))
        );
        app.MapGet(
            Root + "/{site}",
            guard(context =>
                OfAccountAsync(
                    context,
                    platform,
                    account => AdminResponse.WriteAsync(context, StatusCodes.Status200OK, account.People.Summarize())
                )
            )
        );
        app.MapGet(
            Root + "/{site}/people",
            guard(context => OfAccountAsync(context, platform, account => WriteAsync(context, account, null)))
        );
        app.MapGet(
            Root + "/{site}/people/{identifier}",
            guard(context =>
                OfAccountAsync(
                    context,
                    platform,
                    account => WriteAsync(context, account, Identifier.OfPath((string)context.Request.RouteValues["identifier"]!))
                )
            )
        );
        app.MapGet(
            Root + "/{site}/refused",
            guard(context =>
                OfAccountAsync(
                    context,
                    platform,
                    account => AdminResponse.WriteAsync(context, StatusCodes.Status200OK, account.Refused.All())
                )
            )
        );
        app.MapPost(Root + "/{site}/people", guard(context => OfAccountAsync(context, platform, account => CreateAsync(context, account))));
    }

    private static Task OfAccountAsync(HttpContext context, CustomerIoPlatform platform, Func<CustomerIoAccount, Task> handle) =>
        platform.FindAccount((string)context.Request.RouteValues["site"]!) is { } account
            ? handle(account)
            : AdminResponse.ProblemAsync(context, StatusCodes.Status404NotFound, "not_found", "No account has this site id.");

    private static async Task WriteAsync(HttpContext context, CustomerIoAccount account, Identifier? name)
    {
        if (account.People.PeopleToJson(name) is not { } json)
        {
            await AdminResponse.ProblemAsync(context, StatusCodes.Status404NotFound, "not_found", "The workspace has no such person.");
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }

    private static async Task CreateAsync(HttpContext context, CustomerIoAccount account)
    {
        if (await AdminResponse.ReadAsync<NewPerson[]>(context) is not { } wanted)
        {
            return;
        }

        var created = wanted.Count(person => account.People.TryCreate(NamesOf(person), person.CioId));
        await AdminResponse.WriteAsync(context, StatusCodes.Status200OK, new { created, existed = wanted.Length - created });
    }

    private static List<Identifier> NamesOf(NewPerson person) =>
        [
            .. new (IdentifierKind Kind, string? Value)[]
            {
                (IdentifierKind.Id, person.Id),
                (IdentifierKind.Email, person.Email),
                (IdentifierKind.Phone, person.Phone),
            }
                .Where(name => !string.IsNullOrEmpty(name.Value))
                .Select(name => Identifier.Of(name.Kind, name.Value!)),
        ];
}
