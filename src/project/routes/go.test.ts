import { describe, expect, it } from 'vitest';
import { readProject } from '../read-project.ts';
import { memoryFiles } from '../test-support/memory-files.ts';

async function endpointsWith(
  module: string | null,
  contents: Readonly<Record<string, string>>,
): Promise<string[]> {
  const manifest = `module acme.io/shop\n\ngo 1.23\n${module === null ? '' : `\nrequire ${module} v1.0.0\n`}`;
  const files = memoryFiles({ 'go.mod': manifest, ...contents });
  const { endpoints } = await readProject('/root', files, new AbortController().signal);
  return endpoints.map(
    ({ value }) => `${value.method} ${value.path}${value.authenticated === true ? ' authenticated' : ''}`,
  );
}

describe('routers of Go', () => {
  it('are followed in gin through groups, packages and methods of handlers', async () => {
    const found = await endpointsWith('github.com/gin-gonic/gin', {
      'main.go': `package main
import (
	"github.com/gin-gonic/gin"
	"acme.io/shop/users"
	mw "acme.io/shop/middleware"
)
func main() {
	router := gin.Default()
	router.GET("/ping", func(c *gin.Context) { c.GET("/not-a-route", 1); c.String(200, "pong") })
	v1 := router.Group("/api/v1")
	{
		v1.POST("/login", authHandler.Login)
		users.Register(v1.Group("/users"))
	}
	admin := router.Group("/admin", mw.AuthRequired())
	admin.GET("/stats/*rest", stats)
	v2 := router.Group("/v2")
	v2.GET("/open", open)
	v2.Use(mw.JWT())
	v2.DELETE("/closed/:id", closed)
	orders := NewOrders()
	orders.Routes(v1)
	unknown := router.Group(config.Prefix)
	unknown.GET("/hidden", hidden)
	router.Run(":9090")
}
func never(r *gin.Engine) { r.GET("/never", x) }
`,
      'orders.go': `package main
import "github.com/gin-gonic/gin"
type Orders struct{}
func NewOrders() *Orders { return &Orders{} }
func (o *Orders) Routes(r gin.IRouter) { r.Any("/orders/", o.any); r.Handle("PATCH", "/orders/:id", o.patch) }
type Other struct{}
func (o *Other) Routes(r gin.IRouter) { r.GET("/other", o.x) }
`,
      'users/routes.go': `package users
import "github.com/gin-gonic/gin"
const byID = "/:id"
func Register(rg *gin.RouterGroup) {
	rg.GET("", list)
	rg.GET(byID, get)
	rg.PUT(byID+"/avatar", mw.AuthRequired(), put)
}
`,
    });
    expect(found).toEqual([
      'GET /admin/stats/{rest} authenticated',
      'POST /api/v1/login',
      'ANY /api/v1/orders/',
      'PATCH /api/v1/orders/{id}',
      'GET /api/v1/users',
      'GET /api/v1/users/{id}',
      'PUT /api/v1/users/{id}/avatar authenticated',
      'GET /ping',
      'DELETE /v2/closed/{id} authenticated',
      'GET /v2/open',
    ]);
  });

  it('are followed in echo, whose middleware stands behind the handler', async () => {
    const found = await endpointsWith('github.com/labstack/echo/v4', {
      'cmd/main.go': `package main
import (
	"net/http"
	"github.com/labstack/echo/v4"
	echojwt "github.com/labstack/echo-jwt/v4"
)
type App struct { web *echo.Echo }
func main() {
	app := &App{web: echo.New()}
	app.routes()
	app.web.Logger.Fatal(app.web.Start(":1323"))
}
func (a *App) routes() {
	a.web.GET("/", hello)
	g := a.web.Group("/users", echojwt.WithConfig(config))
	g.GET("/", list)
	a.web.POST("/items", create, requireAuth)
	a.web.Match([]string{http.MethodGet, "HEAD"}, "/both", both)
	a.web.Add(echo.DELETE, "/items/:id", remove)
	a.web.Static("/static", "assets")
}
`,
    });
    expect(found).toEqual([
      'GET /',
      'GET /both',
      'HEAD /both',
      'POST /items authenticated',
      'DELETE /items/{id}',
      'GET /users/ authenticated',
    ]);
  });

  it('are followed in Fiber through groups, mounts and functions', async () => {
    const found = await endpointsWith('github.com/gofiber/fiber/v2', {
      'main.go': `package main
import (
	"github.com/gofiber/fiber/v2"
	"acme.io/shop/router"
)
func main() {
	app := fiber.New(fiber.Config{Prefork: true})
	router.Setup(app)
	micro := fiber.New()
	micro.Get("/doe", handler)
	app.Mount("/john", micro)
	app.Route("/test", func(api fiber.Router) { api.Get("/foo", handler) })
	app.Listen(":3000")
}
`,
      'router/router.go': `package router
import "github.com/gofiber/fiber/v2"
func Setup(app *fiber.App) {
	api := app.Group("/api", logger.New())
	product := api.Group("/product")
	product.Get("/", GetAll)
	product.Post("/:id?", middleware.Protected(), Create)
	api.All("/any", x)
	app.Use(func(c *fiber.Ctx) error { return c.SendStatus(404) })
}
`,
    });
    expect(found).toEqual([
      'ANY /api/any',
      'GET /api/product',
      'POST /api/product/{id} authenticated',
      'GET /john/doe',
      'GET /test/foo',
    ]);
  });

  it('are followed in gorilla/mux, whose chains say methods last', async () => {
    const found = await endpointsWith('github.com/gorilla/mux', {
      'app.go': `package main
import (
	"net/http"
	"github.com/gorilla/mux"
)
type App struct {
	Router *mux.Router
}
func (a *App) Initialize() {
	a.Router = mux.NewRouter().StrictSlash(true)
	a.initializeRoutes()
}
func (a *App) initializeRoutes() {
	a.Router.HandleFunc("/products", a.list).Methods("GET")
	a.Router.HandleFunc("/product/{id:[0-9]{1,3}}", a.update).Methods(http.MethodPut, http.MethodPatch)
	a.Router.Handle("/secret", requireAuth(http.HandlerFunc(a.secret))).
		Methods("GET")
	a.Router.Path("/path").Methods("POST").HandlerFunc(a.path)
	a.Router.PathPrefix("/static/").Handler(http.StripPrefix("/static/", http.FileServer(http.Dir("."))))
	s := a.Router.PathPrefix("/api").Subrouter()
	s.Use(auth.Middleware)
	s.HandleFunc("/any", a.any)
}
func main() { a := App{}; a.Initialize(); http.ListenAndServe(":8010", a.Router) }
`,
    });
    expect(found).toEqual([
      'ANY /api/any authenticated',
      'POST /path',
      'PATCH /product/{id}',
      'PUT /product/{id}',
      'GET /products',
      'GET /secret authenticated',
    ]);
  });

  it("are followed in Go's own server, with patterns of 1.22", async () => {
    const contents = {
      'main.go': `package main
import "net/http"
func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", home)
	mux.HandleFunc("GET /files/{path...}", files)
	mux.Handle("POST api.acme.io/orders/{id}", requireAuth(orders))
	mux.HandleFunc("/legacy/", legacy)
	mux.Handle("/static/", http.StripPrefix("/static/", http.FileServer(http.Dir("s"))))
	v1 := http.NewServeMux()
	v1.HandleFunc("GET /users", users)
	mux.Handle("/v1/", http.StripPrefix("/v1", authMiddleware(v1)))
	http.HandleFunc("/debug", debug)
	server := &http.Server{Addr: ":4000", Handler: logging(mux)}
	server.ListenAndServe()
}
`,
    };
    expect(await endpointsWith(null, contents)).toEqual([
      'GET /',
      'GET /files/{path}',
      'ANY /legacy/',
      'POST /orders/{id} authenticated',
      'GET /v1/users authenticated',
    ]);
    const files = memoryFiles({ 'go.mod': 'module a\n\ngo 1.22\n', ...contents });
    const facts = await readProject('/root', files, new AbortController().signal);
    expect(facts.frameworks.map(({ value }) => value)).toEqual([
      { id: 'net-http', name: 'net/http', version: '1.22' },
    ]);
    expect(facts.port?.value).toBe(4000);
  });

  it.each(['a(b(', 'r.Group("/a", func(r *gin.RouterGroup) {'])(
    'are left out of what nests %s without an end, and nothing fails',
    async (unit) => {
      const found = await endpointsWith('github.com/gin-gonic/gin', {
        'main.go': `package main\nimport "github.com/gin-gonic/gin"\nfunc main() {\nr := gin.New()\n${unit.repeat(5_000)}`,
      });
      expect(found).toEqual([]);
    },
  );

  it('are those of the default mux where a server has no handler of its own', async () => {
    const found = await endpointsWith(null, {
      'main.go': `package main
import "net/http"
func main() {
	http.HandleFunc("/hello", hello)
	http.ListenAndServe(":8090", nil)
}
`,
    });
    expect(found).toEqual(['ANY /hello']);
  });

  it('are handed to every function of a list, under paths that a function puts a text around', async () => {
    const found = await endpointsWith('github.com/gorilla/mux', {
      'server.go': `package main
import (
	"net/http"
	"github.com/gorilla/mux"
)
func versioned(path string) string {
	return "/v{version:[0-9.]+}" + path + "/"
}
func serve(s *Server) {
	router := mux.NewRouter()
	for _, register := range []func(*mux.Router) error{
		s.registerUsers,
		registerTags,
	} {
		if err := register(router); err != nil {
			return
		}
	}
	others := []func(*mux.Router){registerOthers}
	for _, register := range others {
		register(router)
	}
	http.ListenAndServe(":80", router)
}
func (s *Server) registerUsers(r *mux.Router) error {
	r.HandleFunc(versioned("/users"), s.users).Methods(http.MethodGet)
	r.HandleFunc(unknown("/nowhere"), s.users).Methods(http.MethodGet)
	return nil
}
func registerTags(r *mux.Router) error { r.HandleFunc("/tags", tags).Methods("POST"); return nil }
func registerOthers(r *mux.Router) { r.HandleFunc("/others", others) }
func registerNowhere(r *mux.Router) { r.HandleFunc("/unserved", nowhere) }
`,
    });
    expect(found).toEqual(['ANY /others', 'POST /tags', 'GET /v{version}/users/']);
  });
});
