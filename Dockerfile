# All images of the cluster. The targets are gateway, silo, and the samples chat, game, ticker, auction and samples-silo:
# docker build --target gateway .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS restored
WORKDIR /src
# Only what decides the packages, so that this layer lasts until a project file changes.
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY Contracts/Contracts.csproj Contracts/
COPY Client/Client.csproj Client/
COPY Grains/Grains.csproj Grains/
COPY Gateway/Gateway.csproj Gateway/
COPY Silo/Silo.csproj Silo/
COPY samples/Pages/Pages.csproj samples/Pages/
COPY samples/Chat/Chat.csproj samples/Chat/
COPY samples/Game/Game.csproj samples/Game/
COPY samples/Ticker/Ticker.csproj samples/Ticker/
COPY samples/Rooms/Rooms.csproj samples/Rooms/
COPY samples/Auction/Auction.csproj samples/Auction/
COPY samples/Silo/Silo.csproj samples/Silo/
RUN dotnet restore Gateway/Gateway.csproj \
 && dotnet restore Silo/Silo.csproj \
 && dotnet restore samples/Chat/Chat.csproj \
 && dotnet restore samples/Game/Game.csproj \
 && dotnet restore samples/Ticker/Ticker.csproj \
 && dotnet restore samples/Auction/Auction.csproj \
 && dotnet restore samples/Silo/Silo.csproj

FROM restored AS built
COPY . .
RUN dotnet publish Gateway/Gateway.csproj -c Release --no-restore -o /out/gateway \
 && dotnet publish Silo/Silo.csproj -c Release --no-restore -o /out/silo \
 && dotnet publish samples/Chat/Chat.csproj -c Release --no-restore -o /out/chat \
 && dotnet publish samples/Game/Game.csproj -c Release --no-restore -o /out/game \
 && dotnet publish samples/Ticker/Ticker.csproj -c Release --no-restore -o /out/ticker \
 && dotnet publish samples/Auction/Auction.csproj -c Release --no-restore -o /out/auction \
 && dotnet publish samples/Silo/Silo.csproj -c Release --no-restore -o /out/samples-silo

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS runtime
# Idle thread-pool threads sleep at once instead of spinning: a quiet silo then needs a third of the CPU.
ENV DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0 \
    # The base image's port. URLS below decides, and the health check reads it as well.
    ASPNETCORE_HTTP_PORTS=
WORKDIR /app
USER $APP_UID

FROM runtime AS gateway
ENV URLS=http://+:8000
EXPOSE 8000
COPY --from=built /out/gateway .
ENTRYPOINT ["dotnet", "WsCluster.Gateway.dll"]

FROM runtime AS silo
# 8081 health, 11111 silo to silo, 30000 gateway to silo
ENV URLS=http://+:8081
EXPOSE 8081 11111 30000
COPY --from=built /out/silo .
ENTRYPOINT ["dotnet", "WsCluster.Silo.dll"]

FROM runtime AS chat
COPY --from=built /out/chat .
ENTRYPOINT ["dotnet", "WsCluster.Samples.Chat.dll"]

FROM runtime AS game
COPY --from=built /out/game .
ENTRYPOINT ["dotnet", "WsCluster.Samples.Game.dll"]

FROM runtime AS ticker
COPY --from=built /out/ticker .
ENTRYPOINT ["dotnet", "WsCluster.Ticker.dll"]

FROM runtime AS auction
COPY --from=built /out/auction .
ENTRYPOINT ["dotnet", "WsCluster.Samples.Auction.dll"]

# A silo with the channels of game and auction.
FROM runtime AS samples-silo
ENV URLS=http://+:8081
EXPOSE 8081 11111 30000
COPY --from=built /out/samples-silo .
ENTRYPOINT ["dotnet", "WsCluster.Samples.Silo.dll"]
